#include "mail/departed.h"

#include <algorithm>
#include <unordered_set>

namespace roost::mail {
namespace {

bool has_departed(const MailboxState& mailbox, const Chunk& chunk) {
  return mailbox.deleted_time != 0 || (mailbox.expunge_times && chunk.live < chunk.rows);
}

// Its retention is shorter than that of most, and over for something.
bool lets_go_early(const RetentionTimes& times, const MailboxState& mailbox) {
  int64_t before = expired_before(times, mailbox);
  if (before <= times.now - times.expunged_rows_seconds) return false;
  if (mailbox.deleted_time != 0) return mailbox.deleted_time <= before;
  return mailbox.expunge_times && mailbox.expunge_times->front().time <= before;
}

// Those that died when they left this mailbox, or before: nothing else that keeps them longer let go of them later.
void add_expired(const AccountState& state, const MailboxState& mailbox, int64_t before,
                 std::unordered_set<uint64_t>& out) {
  constexpr int64_t kExpungeTimeSlackSeconds = 3600;  // what left_at() may be late
  for_each_departed(mailbox, [&](const Departed& one) {
    if (one.left > before) return;
    auto died = [&](uint64_t blob) {
      const int64_t* time = state.dead_blobs.find(blob);
      return time != nullptr && *time <= before && *time <= one.left + kExpungeTimeSlackSeconds;
    };
    const ColdRow& row = one.cold();
    if (!died(row.blob)) return;
    out.insert(row.blob);
    if (row.card == ColdRow::Card::blob && died(row.card_home)) out.insert(row.card_home);
  });
}

}  // namespace

int64_t expired_before(const RetentionTimes& times, const MailboxState& mailbox) {
  int64_t seconds = times.expunged_rows_seconds;
  for (const RetentionTimes::OfUse& of : times.of_uses) {
    if (std::ranges::find(mailbox.label->special_use, of.special_use) != mailbox.label->special_use.end()) {
      seconds = std::min(seconds, of.seconds);
    }
  }
  return times.now - seconds;
}

std::optional<int64_t> left_at(const MailboxState& mailbox, ModSeq expunged) {
  if (!mailbox.expunge_times || expunged <= mailbox.forgotten_modseq) return {};
  auto at = std::ranges::lower_bound(*mailbox.expunge_times, expunged, {}, &ExpungeTime::modseq);
  if (at == mailbox.expunge_times->end()) return {};
  return at->time;
}

void add_pages_of_departed(const MailboxState& mailbox, std::vector<PageId>& out) {
  for (const ChunkPtr& chunk : mailbox.chunks) {
    if (!has_departed(mailbox, *chunk)) continue;
    if (!chunk->hot) out.push_back(chunk->hot_page);
    if (!chunk->cold) out.push_back(chunk->cold_page);
  }
}

void for_each_departed(const MailboxState& mailbox, const std::function<void(const Departed&)>& fn) {
  for (const ChunkPtr& chunk : mailbox.chunks) {
    if (!has_departed(mailbox, *chunk)) continue;
    for (uint32_t i = 0; i < chunk->rows; ++i) {
      const HotRow& row = chunk->hot_row(i);
      std::optional<int64_t> left;
      if (row.dead) {
        left = left_at(mailbox, row.modseq);
      } else if (mailbox.deleted_time != 0) {
        left = mailbox.deleted_time;
      }
      if (left) fn({chunk.get(), i, &row, *left});
    }
  }
}

std::variant<std::vector<BlobId>, Need> expired_blobs(const Snapshot& snapshot, const RetentionTimes& times) {
  const AccountState& state = snapshot.state();
  Need need;
  std::vector<const MailboxState*> early;
  for (const auto* mailboxes : {&state.mailboxes, &state.deleted}) {
    mailboxes->for_each([&](MailboxId, const MailboxPtr& mailbox) {
      if (!lets_go_early(times, *mailbox)) return true;
      early.push_back(mailbox.get());
      add_pages_of_departed(*mailbox, need.pages);
      return true;
    });
  }
  if (!need.pages.empty()) return need;
  std::unordered_set<uint64_t> expired;
  for (const MailboxState* mailbox : early) add_expired(state, *mailbox, expired_before(times, *mailbox), expired);
  std::vector<BlobId> out;
  for (uint64_t serial : expired) out.push_back({state.id, serial});
  std::ranges::sort(out);
  return out;
}

void for_each_dead_blob(const Snapshot& snapshot, const std::function<void(BlobId, int64_t time)>& fn) {
  const AccountState& state = snapshot.state();
  state.dead_blobs.for_each([&](uint64_t serial, int64_t time) { fn({state.id, serial}, time); });
}

}  // namespace roost::mail
