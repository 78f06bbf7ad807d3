#include "mail/row_edit.h"

namespace roost::mail {
namespace {

struct AppendTarget {
  std::shared_ptr<Chunk> chunk;
  std::shared_ptr<HotLeaves> hot;
  std::shared_ptr<ColdLeaves> cold;
};

bool takes_rows(const Chunk& chunk) { return !chunk.is_written() && chunk.rows < kChunkRowsMax; }

// The last chunk, or a new one behind it, to be changed.
AppendTarget open_target(MailboxState& mailbox) {
  if (!mailbox.chunks.empty() && takes_rows(*mailbox.chunks.back())) {
    const Chunk& last = *mailbox.chunks.back();
    return {std::make_shared<Chunk>(last), std::make_shared<HotLeaves>(*last.hot),
            std::make_shared<ColdLeaves>(*last.cold)};
  }
  mailbox.chunks.emplace_back();
  return {std::make_shared<Chunk>(), std::make_shared<HotLeaves>(), std::make_shared<ColdLeaves>()};
}

void append_to_last_leaf(AppendTarget& target, std::span<const HotRow> hot, std::span<const ColdRow> cold) {
  HotLeaf& leaf = target.hot->back();
  leaf.column = extend_column(leaf.column, leaf.rows, hot, kLeafRows);
  target.cold->back() = extend_column(target.cold->back(), leaf.rows, cold, kLeafRows);
  leaf.rows = static_cast<uint16_t>(leaf.rows + hot.size());
  leaf.live = static_cast<uint16_t>(leaf.live + hot.size());
  for (const HotRow& row : hot) leaf.modseq_max = std::max(leaf.modseq_max, row.modseq);
  target.chunk->modseq_max = std::max(target.chunk->modseq_max, leaf.modseq_max);
}

// Into the one chunk, which has room for them.
void append_to_chunk(AppendTarget& target, std::span<const HotRow> hot, std::span<const ColdRow> cold) {
  Chunk& chunk = *target.chunk;
  if (chunk.rows == 0) chunk.uid_min = hot.front().uid;
  chunk.uid_max = hot.back().uid;
  for (size_t done = 0; done < hot.size();) {
    if (chunk.rows % kLeafRows == 0) {
      target.hot->emplace_back();
      target.cold->emplace_back();
    }
    size_t count = std::min<size_t>(hot.size() - done, kLeafRows - chunk.rows % kLeafRows);
    append_to_last_leaf(target, hot.subspan(done, count), cold.subspan(done, count));
    chunk.rows += static_cast<uint32_t>(count);
    done += count;
  }
}

void count_appended(MailboxState& mailbox, Chunk& chunk, std::span<const HotRow> hot, std::span<const ColdRow> cold) {
  RowCounts sum;
  for (size_t i = 0; i < hot.size(); ++i) {
    RowCounts one = RowCounts::of(hot[i]);
    sum.change({}, one);
    mailbox.bytes += cold[i].size;
    if (one.deleted != 0) mailbox.deleted_bytes += cold[i].size;
    if (cold[i].tail) chunk.tail_card_bytes += cold[i].tail->size();
  }
  chunk.live += static_cast<uint32_t>(sum.live);
  chunk.unseen += static_cast<uint32_t>(sum.unseen);
  chunk.deleted += static_cast<uint32_t>(sum.deleted);
  mailbox.messages += static_cast<uint32_t>(sum.live);
  mailbox.unseen += static_cast<uint32_t>(sum.unseen);
  mailbox.deleted += static_cast<uint32_t>(sum.deleted);
}

}  // namespace

void append_rows(MailboxState& mailbox, std::span<const HotRow> hot, std::span<const ColdRow> cold) {
  while (!hot.empty()) {
    AppendTarget target = open_target(mailbox);
    size_t count = std::min<size_t>(hot.size(), kChunkRowsMax - target.chunk->rows);
    append_to_chunk(target, hot.first(count), cold.first(count));
    count_appended(mailbox, *target.chunk, hot.first(count), cold.first(count));
    target.chunk->hot = std::move(target.hot);
    target.chunk->cold = std::move(target.cold);
    mailbox.chunks.back() = std::move(target.chunk);
    hot = hot.subspan(count);
    cold = cold.subspan(count);
  }
}

void ChunkEdit::count_bytes(MailboxState& mailbox, const ColdRow& cold, const RowCounts& change) {
  mailbox.bytes += static_cast<uint64_t>(change.live) * cold.size;  // modulo 2^64: a negative change subtracts
  mailbox.deleted_bytes += static_cast<uint64_t>(change.deleted) * cold.size;
}

ChunkPtr ChunkEdit::finish() && {
  chunk_->live = static_cast<uint32_t>(chunk_->live + change_.live);
  chunk_->unseen = static_cast<uint32_t>(chunk_->unseen + change_.unseen);
  chunk_->deleted = static_cast<uint32_t>(chunk_->deleted + change_.deleted);
  chunk_->hot_dirty = true;
  chunk_->hot = std::move(leaves_);
  return std::move(chunk_);
}

}  // namespace roost::mail
