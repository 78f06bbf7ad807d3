// Which blobs a snapshot needs, and which it does not.
#include "mail/account_state.h"
#include "mail/checkpoint.h"

namespace roost::mail {

std::vector<BlobId> collectable_blobs(const Snapshot& snapshot, int64_t dead_before, int64_t abandoned_before) {
  const AccountState& state = snapshot.state();
  std::vector<BlobId> out;
  state.dead_blobs.for_each([&](uint64_t serial, int64_t time) {
    if (time < dead_before) out.push_back({state.id, serial});
  });
  state.reserved.for_each([&](uint64_t first, const Reservation& reservation) {
    if (reservation.time >= abandoned_before) return true;
    for (uint64_t serial = first; serial <= reservation.last; ++serial) out.push_back({state.id, serial});
    return true;
  });
  return out;
}

bool is_set_aside(const Snapshot& snapshot, BlobId blob) {
  const auto* reserved = snapshot.state().reserved.floor(blob.serial);
  return blob.owner == snapshot.state().id && reserved != nullptr && blob.serial <= reserved->second.last;
}

void for_each_blob(const Snapshot& snapshot, const std::function<void(BlobId, uint64_t size)>& fn) {
  const AccountState& state = snapshot.state();
  state.mailboxes.for_each([&](MailboxId, const MailboxPtr& mailbox) {
    for (const ChunkPtr& chunk : mailbox->chunks) {
      for (uint32_t i = 0; i < chunk->rows; ++i) {
        if (chunk->hot_row(i).dead) continue;
        const ColdRow& row = chunk->cold_row(i);
        fn({state.id, row.blob}, row.size);
        if (row.card == ColdRow::Card::blob) fn({state.id, row.card_home}, row.card_index);
      }
    }
    return true;
  });
}

void for_each_unneeded_blob(const Snapshot& snapshot, const std::function<void(BlobId)>& fn) {
  const AccountState& state = snapshot.state();
  state.dead_blobs.for_each([&](uint64_t serial, int64_t) { fn({state.id, serial}); });
  state.reserved.for_each([&](uint64_t first, const Reservation& reservation) {
    for (uint64_t serial = first; serial <= reservation.last; ++serial) fn({state.id, serial});
    return true;
  });
}

}  // namespace roost::mail
