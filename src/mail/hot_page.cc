#include "mail/chunk_page.h"
#include "mail/page.h"
#include "mail/row_edit.h"
#include "mail/uid_codec.h"

namespace roost::mail {
namespace {

Fail damaged(const char* what) { return fault(std::string("hot page: ") + what, Code::corruption); }

// The leaves, if their rows are what the index entry says of them.
Result<std::shared_ptr<const HotLeaves>> matched(const std::vector<HotRow>& rows, const Chunk& index) {
  auto leaves = std::make_shared<HotLeaves>();
  RowCounts counts;
  for (size_t done = 0; done < rows.size(); done += kLeafRows) {
    auto count = static_cast<uint32_t>(std::min<size_t>(kLeafRows, rows.size() - done));
    HotLeaf leaf{copy_column(rows.data() + done, count, count), static_cast<uint16_t>(count), 0, ModSeq(0)};
    for (const HotRow& row : leaf) {
      counts.change({}, RowCounts::of(row));
      if (row.dead) continue;
      ++leaf.live;
      leaf.modseq_max = std::max(leaf.modseq_max, row.modseq);
    }
    if (leaf.modseq_max > index.modseq_max) return damaged("a MODSEQ above the chunk's");
    leaves->push_back(std::move(leaf));
  }
  if (rows.front().uid != index.uid_min || rows.back().uid != index.uid_max || counts.live != index.live ||
      counts.unseen != index.unseen || counts.deleted != index.deleted) {
    return damaged("not the rows of its index entry");
  }
  return leaves;
}

void write_keywords(Encoder& out, const Chunk& chunk) {
  bool any = false;
  for (uint32_t i = 0; i < chunk.rows; ++i) any = any || chunk.hot_row(i).keywords.value != 0;
  out.u8(any ? 1 : 0);
  for (uint32_t i = 0; any && i < chunk.rows; ++i) out.varint(chunk.hot_row(i).keywords.value);
}

void read_keywords(Decoder& in, std::vector<HotRow>& rows) {
  if (in.u8() == 0) return;
  for (HotRow& row : rows) {
    uint64_t set = in.varint();
    if (set > UINT16_MAX) in.fail();
    row.keywords = KeywordSet(static_cast<uint16_t>(set));
  }
}

void read_modseqs(Decoder& in, std::vector<HotRow>& rows) {
  uint64_t modseq = 0;
  for (HotRow& row : rows) {
    modseq += static_cast<uint64_t>(in.zigzag());
    if (modseq == 0 || modseq > uint64_t{INT64_MAX}) in.fail();
    row.modseq = ModSeq(modseq);
  }
}

}  // namespace

Bytes write_hot_page(const Chunk& chunk) {
  UidSet uids;
  UidSet dead;
  for (uint32_t i = 0; i < chunk.rows; ++i) {
    const HotRow& row = chunk.hot_row(i);
    uids.append(row.uid);
    if (row.dead) dead.append(row.uid);
  }
  Bytes content;
  Encoder out(content);
  write_uids(out, uids);
  write_uids(out, dead);
  for (uint32_t i = 0; i < chunk.rows; ++i) out.u8(chunk.hot_row(i).flags.bits);
  write_keywords(out, chunk);
  uint64_t before = 0;
  for (uint32_t i = 0; i < chunk.rows; ++i) {
    uint64_t modseq = chunk.hot_row(i).modseq.value;
    out.zigzag(static_cast<int64_t>(modseq - before));
    before = modseq;
  }
  return pack_page(PageKind::hot, content);
}

Result<std::shared_ptr<const HotLeaves>> read_hot_page(BytesView page, const Chunk& index) {
  ROOST_TRY(Bytes content, unpack_page(PageKind::hot, page));
  Decoder in(content);
  UidSet uids = read_uids(in);
  UidSet dead = read_uids(in);
  if (in.failed() || uids.count() != index.rows || index.rows == 0 || index.rows > kChunkRowsMax) {
    return damaged("uids");
  }
  std::vector<HotRow> rows;
  rows.reserve(index.rows);
  uids.for_each([&](Uid uid) { rows.push_back({ModSeq(0), uid, KeywordSet(0), SystemFlags(), dead.contains(uid)}); });
  for (HotRow& row : rows) {
    uint8_t bits = in.u8();
    if ((bits & ~SystemFlags::kAllBits) != 0) in.fail();
    row.flags = SystemFlags(bits);
  }
  read_keywords(in, rows);
  read_modseqs(in, rows);
  ROOST_TRY_VOID(in.finish("hot page"));
  return matched(rows, index);
}

}  // namespace roost::mail
