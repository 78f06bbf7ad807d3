#include "mail/chunk.h"

#include <algorithm>

namespace roost::mail {

uint32_t Chunk::lower_bound(Uid uid) const {
  auto leaf = std::ranges::partition_point(*hot, [uid](const HotLeaf& l) { return l.end()[-1].uid < uid; });
  if (leaf == hot->end()) return rows;
  const HotRow* row = std::partition_point(leaf->begin(), leaf->end(), [uid](const HotRow& r) { return r.uid < uid; });
  return static_cast<uint32_t>((leaf - hot->begin()) * kLeafRows + (row - leaf->begin()));
}

size_t Chunk::resident_bytes() const {
  size_t bytes = sizeof(Chunk) + tail_card_bytes;
  if (hot) bytes += hot->size() * sizeof(HotLeaf) + rows * sizeof(HotRow);
  if (cold) bytes += cold->size() * sizeof(ColumnPtr<ColdRow>) + rows * sizeof(ColdRow);
  return bytes;
}

Cold to_cold(AccountId owner, Uid uid, const ColdRow& row) {
  Cold cold{.uid = uid,
            .internal_date = {row.internal_seconds, row.zone_minutes},
            .save_date = row.save_date,
            .size = row.size,
            .email_id = row.email_id,
            .thread_id = row.thread_id,
            .blob = {owner, row.blob}};
  switch (row.card) {
    case ColdRow::Card::none: break;
    case ColdRow::Card::tail: cold.card.tail = row.tail; break;
    case ColdRow::Card::segment:
      cold.card.segment = PageId(row.card_home);
      cold.card.index = row.card_index;
      break;
    case ColdRow::Card::blob: cold.card.blob = {owner, row.card_home}; break;
  }
  return cold;
}

}  // namespace roost::mail
