#include "mail/mailbox_state.h"

#include <algorithm>

namespace roost::mail {

size_t MailboxState::resident_bytes() const {
  size_t sum = sizeof(MailboxState) + name().size() + traces.size() * sizeof(Trace) + seen.runs() * sizeof(SeenRun);
  for (const ChunkPtr& chunk : chunks) sum += chunk->resident_bytes();
  return sum;
}

size_t MailboxState::dirty_bytes() const {
  constexpr size_t kEntryBytes = 200;
  constexpr size_t kColdRowBytes = 56;
  constexpr size_t kHotRowBytes = 11;
  constexpr size_t kSeenRunBytes = 6;
  if (clean) return 0;
  size_t sum = kEntryBytes + traces.young().size() * 6 + seen.dirty_runs() * kSeenRunBytes;
  for (const ChunkPtr& chunk : chunks) {
    if (!chunk->is_written()) sum += chunk->rows * kColdRowBytes + chunk->tail_card_bytes / 2;
    if (!chunk->is_written() || chunk->hot_dirty) sum += chunk->rows * kHotRowBytes;
  }
  return sum;
}

std::vector<ChunkPtr>::const_iterator MailboxState::chunk_from(Uid uid) const {
  return std::ranges::partition_point(chunks, [uid](const ChunkPtr& chunk) { return chunk->uid_max < uid; });
}

void add_missing_pages(const MailboxState& mailbox, const UidSet& uids, bool with_cold, std::vector<PageId>& out) {
  auto range = uids.begin();
  for (const ChunkPtr& chunk : mailbox.chunks) {
    while (range != uids.end() && range->last < chunk->uid_min) ++range;
    if (range == uids.end()) return;
    if (chunk->uid_max < range->first) continue;
    if (!chunk->hot) out.push_back(chunk->hot_page);
    if (with_cold && !chunk->cold) out.push_back(chunk->cold_page);
  }
}

}  // namespace roost::mail
