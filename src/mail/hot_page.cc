#include "mail/chunk_page.h"
#include "mail/page.h"
#include "mail/row_edit.h"
#include "mail/uid_codec.h"

namespace roost::mail {
namespace {

Fail damaged(const char* what) { return fault(std::string("hot page: ") + what, Code::corruption); }

// With room for so many rows, nothing of which is set.
HotLeaves leaves_for(uint32_t rows) {
  HotLeaves leaves;
  leaves.reserve((rows + kLeafRows - 1) / kLeafRows);
  for (uint32_t done = 0; done < rows; done += kLeafRows) {
    uint32_t count = std::min(kLeafRows, rows - done);
    auto column = std::make_shared<Column<HotRow>>(count);
    column->set_used(count);
    leaves.push_back({std::move(column), static_cast<uint16_t>(count), 0, ModSeq(0)});
  }
  return leaves;
}

// Nobody else sees them yet.
template <class Fn>
void for_each_fresh(HotLeaves& leaves, Fn&& fn) {
  for (HotLeaf& leaf : leaves) {
    HotRow* rows = leaf.column->fresh_data();
    for (uint32_t i = 0; i < leaf.rows; ++i) fn(rows[i]);
  }
}

// Counts what is live, if the rows are what the index entry says of them.
Result<> match(HotLeaves& leaves, const Chunk& index) {
  RowCounts counts;
  for (HotLeaf& leaf : leaves) {
    for (const HotRow& row : leaf) {
      counts.change({}, RowCounts::of(row));
      if (row.dead) continue;
      ++leaf.live;
      leaf.modseq_max = std::max(leaf.modseq_max, row.modseq);
    }
    if (leaf.modseq_max > index.modseq_max) return damaged("a MODSEQ above the chunk's");
  }
  if (leaves.front().begin()->uid != index.uid_min || leaves.back().end()[-1].uid != index.uid_max ||
      counts.live != index.live || counts.unseen != index.unseen || counts.deleted != index.deleted) {
    return damaged("not the rows of its index entry");
  }
  return {};
}

void write_keywords(Encoder& out, const Chunk& chunk) {
  bool any = false;
  for (uint32_t i = 0; i < chunk.rows; ++i) any = any || chunk.hot_row(i).keywords.value != 0;
  out.u8(any ? 1 : 0);
  for (uint32_t i = 0; any && i < chunk.rows; ++i) out.varint(chunk.hot_row(i).keywords.value);
}

void read_uids_of(const UidSet& uids, const UidSet& dead, HotLeaves& leaves) {
  auto range = uids.begin();
  uint32_t uid = range->first.value;
  for_each_fresh(leaves, [&](HotRow& row) {
    row = {ModSeq(0), Uid(uid), KeywordSet(0), SystemFlags(), !dead.empty() && dead.contains(Uid(uid))};
    if (uid++ == range->last.value && ++range != uids.end()) uid = range->first.value;
  });
}

void read_flags(Decoder& in, HotLeaves& leaves) {
  for_each_fresh(leaves, [&in](HotRow& row) {
    uint8_t bits = in.u8();
    if ((bits & ~SystemFlags::kAllBits) != 0) in.fail();
    row.flags = SystemFlags(bits);
  });
}

void read_keywords(Decoder& in, HotLeaves& leaves) {
  if (in.u8() == 0) return;
  for_each_fresh(leaves, [&in](HotRow& row) {
    uint64_t set = in.varint();
    if (set > UINT16_MAX) in.fail();
    row.keywords = KeywordSet(static_cast<uint16_t>(set));
  });
}

void read_modseqs(Decoder& in, HotLeaves& leaves) {
  uint64_t modseq = 0;
  for_each_fresh(leaves, [&](HotRow& row) {
    modseq += static_cast<uint64_t>(in.zigzag());
    if (modseq == 0 || modseq > uint64_t{INT64_MAX}) in.fail();
    row.modseq = ModSeq(modseq);
  });
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
  HotLeaves leaves = leaves_for(index.rows);
  read_uids_of(uids, dead, leaves);
  read_flags(in, leaves);
  read_keywords(in, leaves);
  read_modseqs(in, leaves);
  ROOST_TRY_VOID(in.finish("hot page"));
  ROOST_TRY_VOID(match(leaves, index));
  return std::make_shared<const HotLeaves>(std::move(leaves));
}

}  // namespace roost::mail
