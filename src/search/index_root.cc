#include "search/index_root.h"

#include <unicode/uvernum.h>
#include <unicode/uversion.h>

#include <algorithm>
#include <numeric>

#include "message/card.h"

namespace roost::search {
namespace {

constexpr uint8_t kKind = 'X';
constexpr uint8_t kVersion = 1;
// Counts up with every change to what search/ and message/ take for the text of a message.
constexpr int kTextVersion = 1;
// So many blocks of about a size become one of the next size.
constexpr size_t kJoinBlocks = 8;

// What blocks would make together.
struct BlockSum {
  uint64_t bodies = 0;
  uint64_t postings = 0;

  BlockSum with(uint64_t more_bodies, uint64_t more_postings) const {
    return {bodies + more_bodies, postings + more_postings};
  }
  bool fits() const { return bodies <= kBlockBodiesMax && postings <= kBlockPostingsMax; }
  // Each class holds blocks of up to so many times the size of the one below.
  int size_class() const {
    uint64_t size = std::max(bodies, postings / (kBlockPostingsMax / kBlockBodiesMax));
    int size_class = 0;
    for (; size >= kJoinBlocks; size /= kJoinBlocks) ++size_class;
    return size_class;
  }
};

// More blocks at the end of `blocks`, of which `joined` are in `sum` already: as many in a row as are at most of that
// class and fit.
size_t join_up_to(int size_class, const std::vector<BlockEntry>& blocks, size_t joined, BlockSum& sum) {
  for (; joined < blocks.size(); ++joined) {
    const BlockEntry& block = blocks[blocks.size() - 1 - joined];
    const BlockSum more = sum.with(block.bodies, block.postings);
    if (BlockSum{block.bodies, block.postings}.size_class() > size_class || !more.fits()) break;
    sum = more;
  }
  return joined;
}

}  // namespace

std::vector<PageId> BlockEntry::piece_pages() const {
  std::vector<PageId> pages;
  for (uint32_t piece = 0; piece < this->pieces; ++piece) pages.push_back(piece_page(piece));
  return pages;
}

std::vector<PageId> BlockEntry::pages() const {
  std::vector<PageId> pages = piece_pages();
  pages.push_back(bodies_page());
  return pages;
}

uint64_t IndexRoot::bodies() const {
  return std::accumulate(blocks.begin(), blocks.end(), uint64_t{0},
                         [](uint64_t sum, const BlockEntry& block) { return sum + block.bodies; });
}

uint64_t IndexRoot::bytes() const {
  return std::accumulate(blocks.begin(), blocks.end(), uint64_t{0},
                         [](uint64_t sum, const BlockEntry& block) { return sum + block.bytes; });
}

Bytes encode_index_root(const IndexRoot& root) {
  Bytes bytes;
  Encoder out(bytes);
  out.u8(kKind);
  out.u8(kVersion);
  out.u64(root.id);
  out.bytes(root.made_by);
  out.varint(root.position.value);
  out.u8(root.complete ? 1 : 0);
  out.varint(root.next_page);
  out.varint(root.blocks.size());
  for (const BlockEntry& block : root.blocks) {
    out.varint(block.first);
    out.varint(block.pieces);
    out.varint(block.bodies);
    out.varint(block.postings);
    out.varint(block.bytes);
  }
  return bytes;
}

Result<IndexRoot> decode_index_root(BytesView bytes) {
  constexpr size_t kBlockBytesMin = 5;
  constexpr uint64_t kPiecesMax = uint64_t{1} << 24;  // no block has more trigrams
  Decoder in(bytes);
  if (in.u8() != kKind || in.u8() != kVersion) return fault("search index: no root", Code::corruption);
  IndexRoot root;
  root.id = in.u64();
  root.made_by = in.bytes();
  root.position = Position(in.varint());
  root.complete = in.u8() != 0;
  root.next_page = in.varint();
  root.blocks.resize(in.count(kBlockBytesMin));
  for (BlockEntry& block : root.blocks) {
    block.first = in.varint();
    uint64_t pieces = in.varint();
    uint64_t bodies = in.varint();
    block.postings = in.varint();
    block.bytes = in.varint();
    if (pieces > kPiecesMax || bodies > kBlockBodiesMax) in.fail();
    block.pieces = static_cast<uint32_t>(pieces);
    block.bodies = static_cast<uint32_t>(bodies);
  }
  ROOST_TRY_VOID(in.finish("search index: the root"));
  return root;
}

std::string index_maker() {
  UVersionInfo version;
  u_getVersion(version);
  std::string maker = "text " + std::to_string(kTextVersion);
  maker += ", parser " + std::to_string(message::kParserVersion);
  maker += ", ICU";
  for (uint8_t part : version) maker += "." + std::to_string(part);
  return maker;
}

// Smaller ones at the end at once. Those of about the same size when there are enough of them, or one more would not
// fit.
size_t blocks_to_join(const std::vector<BlockEntry>& blocks, size_t new_bodies, size_t new_postings) {
  BlockSum sum{new_bodies, new_postings};
  size_t joined = 0;
  for (;;) {
    const size_t smaller = join_up_to(sum.size_class() - 1, blocks, joined, sum);
    BlockSum all_sum = sum;
    const size_t all = join_up_to(sum.size_class(), blocks, smaller, all_sum);
    const bool enough = all - smaller + 1 >= kJoinBlocks || !all_sum.with(sum.bodies, sum.postings).fits();
    if (enough) sum = all_sum;
    const size_t now = enough ? all : smaller;
    if (now == joined) return joined;
    joined = now;
  }
}

}  // namespace roost::search
