#include "search/index_block.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "search/index_piece.h"

namespace roost::search {
namespace {

constexpr uint8_t kBodiesKind = 'B';
constexpr uint8_t kVersion = 1;

Fail damaged(const char* what) { return fault(std::string("search index: ") + what, Code::corruption); }

}  // namespace

uint32_t body_check(const ObjectId& email_id) {
  uint32_t check = 0;
  std::memcpy(&check, email_id.bytes.data(), sizeof check);
  return check;
}

std::optional<uint32_t> BlockBodies::piece_of(Trigram trigram) const {
  auto after = std::ranges::upper_bound(pieces, trigram);
  if (after == pieces.begin()) return std::nullopt;
  return static_cast<uint32_t>(after - pieces.begin() - 1);
}

Bytes encode_block_bodies(const BlockBodies& block) {
  Bytes bytes;
  Encoder out(bytes);
  out.u8(kBodiesKind);
  out.u8(kVersion);
  out.varint(block.bodies.size());
  uint64_t last = 0;
  for (const IndexedBody& body : block.bodies) {
    out.zigzag(static_cast<int64_t>(body.serial - last));
    out.u32(body.check);
    last = body.serial;
  }
  out.varint(block.pieces.size());
  for (Trigram first : block.pieces) out.varint(first);
  return bytes;
}

Result<BlockBodies> decode_block_bodies(BytesView bytes) {
  Decoder in(bytes);
  if (in.u8() != kBodiesKind || in.u8() != kVersion) return damaged("no block");
  BlockBodies block;
  block.bodies.resize(std::min<uint64_t>(in.count(1 + sizeof(uint32_t)), kBlockBodiesMax + 1));
  if (block.bodies.size() > kBlockBodiesMax) return damaged("a block of too many bodies");
  uint64_t last = 0;
  for (IndexedBody& body : block.bodies) {
    last += static_cast<uint64_t>(in.zigzag());
    body = {last, in.u32()};
  }
  block.pieces.resize(in.count());
  for (Trigram& first : block.pieces) first = static_cast<Trigram>(std::min<uint64_t>(in.varint(), kTrigrams));
  ROOST_TRY_VOID(in.finish("search index: a block"));
  auto ascending = std::ranges::adjacent_find(block.pieces, std::greater_equal<>()) == block.pieces.end();
  if (!ascending) return damaged("pieces out of order");
  return block;
}

Result<> keep_those_with(Trigram trigram, BytesView piece, const BlockBodies& block, Members& members) {
  Members with;
  PieceReader reader(piece);
  while (reader.next() && reader.trigram() <= trigram) {
    if (reader.trigram() != trigram) continue;
    if (!reader.list().for_each(block.bodies.size(), [&](uint32_t number) { with.set(number); })) {
      return damaged("a list of bodies");
    }
  }
  if (reader.failed()) return damaged("a piece");
  members &= with;
  return {};
}

Result<> for_each_posting(BytesView piece, const BlockBodies& block, const std::function<void(Trigram, uint32_t)>& fn) {
  PieceReader reader(piece);
  while (reader.next()) {
    Trigram trigram = reader.trigram();
    if (!reader.list().for_each(block.bodies.size(), [&](uint32_t number) { fn(trigram, number); })) {
      return damaged("a list of bodies");
    }
  }
  if (reader.failed()) return damaged("a piece");
  return {};
}

}  // namespace roost::search
