#include "mail/chunk_page.h"
#include "mail/row_edit.h"

namespace roost::mail {

std::shared_ptr<Chunk> build_chunk(std::span<const HotRow> hot, std::span<const ColdRow> cold) {
  auto chunk = std::make_shared<Chunk>();
  auto hot_leaves = std::make_shared<HotLeaves>();
  auto cold_leaves = std::make_shared<ColdLeaves>();
  RowCounts counts;
  for (size_t done = 0; done < hot.size(); done += kLeafRows) {
    auto count = static_cast<uint32_t>(std::min<size_t>(kLeafRows, hot.size() - done));
    HotLeaf leaf{copy_column(hot.data() + done, count, count), static_cast<uint16_t>(count), 0, ModSeq(0)};
    for (const HotRow& row : leaf) {
      counts.change({}, RowCounts::of(row));
      if (row.dead) continue;
      ++leaf.live;
      leaf.modseq_max = std::max(leaf.modseq_max, row.modseq);
    }
    chunk->modseq_max = std::max(chunk->modseq_max, leaf.modseq_max);
    hot_leaves->push_back(std::move(leaf));
    cold_leaves->push_back(copy_column(cold.data() + done, count, count));
  }
  for (const ColdRow& row : cold) chunk->tail_card_bytes += row.tail ? row.tail->size() : 0;
  chunk->uid_min = hot.front().uid;
  chunk->uid_max = hot.back().uid;
  chunk->rows = static_cast<uint32_t>(hot.size());
  chunk->live = static_cast<uint32_t>(counts.live);
  chunk->unseen = static_cast<uint32_t>(counts.unseen);
  chunk->deleted = static_cast<uint32_t>(counts.deleted);
  chunk->hot = std::move(hot_leaves);
  chunk->cold = std::move(cold_leaves);
  return chunk;
}

}  // namespace roost::mail
