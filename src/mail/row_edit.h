// Changing rows of a mailbox that is being folded: the leaves touched are replaced, everything else is shared.
#pragma once

#include <span>

#include "mail/mailbox_state.h"

namespace roost::mail {

// Adds rows behind all others and counts them. Never to a chunk that has been written: a cold page is written once.
void append_rows(MailboxState& mailbox, std::span<const HotRow> hot, std::span<const ColdRow> cold);

// One leaf's or chunk's counts, and the mailbox's, as rows change.
struct RowCounts {
  int64_t live = 0;
  int64_t unseen = 0;
  int64_t deleted = 0;

  static RowCounts of(const HotRow& row) {
    if (row.dead) return {};
    return {1, row.flags.has(SystemFlag::seen) ? 0 : 1, row.flags.has(SystemFlag::deleted) ? 1 : 0};
  }
  void change(const RowCounts& before, const RowCounts& after) {
    live += after.live - before.live;
    unseen += after.unseen - before.unseen;
    deleted += after.deleted - before.deleted;
  }
};

// Calls fn(HotRow&, const ColdRow*) for the live rows of `uids`, ascending, and counts anew. Returns how many there
// were. The chunks' hot parts must be in memory; where a cold part is not, the ColdRow is null, and fn must change
// neither `dead` nor \Deleted.
template <class Fn>
uint64_t edit_rows(MailboxState& mailbox, const UidSet& uids, Fn&& fn);

// --- implementation ---

class ChunkEdit {
 public:
  explicit ChunkEdit(const Chunk& chunk)
      : chunk_(std::make_shared<Chunk>(chunk)), leaves_(std::make_shared<HotLeaves>(*chunk.hot)) {}

  // Rows from `range` on; moves it on.
  template <class Range, class Fn>
  uint64_t run(Range& range, Range ranges_end, MailboxState& mailbox, Fn& fn);
  ChunkPtr finish() &&;

 private:
  static void count_bytes(MailboxState& mailbox, const ColdRow& cold, const RowCounts& change);

  std::shared_ptr<Chunk> chunk_;
  std::shared_ptr<HotLeaves> leaves_;
  RowCounts change_;
};

template <class Range, class Fn>
uint64_t ChunkEdit::run(Range& range, Range ranges_end, MailboxState& mailbox, Fn& fn) {
  uint64_t visited = 0;
  uint32_t base = 0;
  for (HotLeaf& leaf : *leaves_) {
    ColumnPtr<HotRow> copy;
    RowCounts leaf_change;
    for_each_row_in_leaf(leaf.begin(), leaf.end(), range, ranges_end, [&](uint32_t i) {
      if ((*leaf.column)[i].dead) return;
      if (!copy) copy = copy_column(leaf.column->data(), leaf.rows, leaf.column->capacity());
      HotRow& row = copy->fresh_data()[i];
      const ColdRow* cold = chunk_->cold ? &chunk_->cold_row(base + i) : nullptr;
      RowCounts before = RowCounts::of(row);
      fn(row, cold);
      RowCounts after = RowCounts::of(row);
      leaf_change.change(before, after);
      if (cold != nullptr) {
        RowCounts one;
        one.change(before, after);
        count_bytes(mailbox, *cold, one);
      }
      leaf.modseq_max = std::max(leaf.modseq_max, row.modseq);
      ++visited;
    });
    base += leaf.rows;
    if (!copy) continue;
    leaf.column = std::move(copy);
    leaf.live = static_cast<uint16_t>(leaf.live + leaf_change.live);
    chunk_->modseq_max = std::max(chunk_->modseq_max, leaf.modseq_max);
    change_.change({}, leaf_change);
  }
  mailbox.messages = static_cast<uint32_t>(mailbox.messages + change_.live);
  mailbox.unseen = static_cast<uint32_t>(mailbox.unseen + change_.unseen);
  mailbox.deleted = static_cast<uint32_t>(mailbox.deleted + change_.deleted);
  return visited;
}

template <class Fn>
uint64_t edit_rows(MailboxState& mailbox, const UidSet& uids, Fn&& fn) {
  uint64_t visited = 0;
  auto range = uids.begin();
  for (ChunkPtr& chunk : mailbox.chunks) {
    while (range != uids.end() && range->last < chunk->uid_min) ++range;
    if (range == uids.end()) break;
    if (chunk->live == 0 || chunk->uid_max < range->first) continue;
    ChunkEdit edit(*chunk);
    visited += edit.run(range, uids.end(), mailbox, fn);
    chunk = std::move(edit).finish();
  }
  return visited;
}

}  // namespace roost::mail
