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

Bytes encode_bodies(const std::vector<IndexedBody>& bodies, const std::vector<Trigram>& pieces) {
  Bytes bytes;
  Encoder out(bytes);
  out.u8(kBodiesKind);
  out.u8(kVersion);
  out.varint(bodies.size());
  uint64_t last = 0;
  for (const IndexedBody& body : bodies) {
    out.zigzag(static_cast<int64_t>(body.serial - last));
    out.u32(body.check);
    last = body.serial;
  }
  out.varint(pieces.size());
  for (Trigram first : pieces) out.varint(first);
  return bytes;
}

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

namespace {

template <class Fn>
Result<> go_through(BytesView piece, const BlockBodies& block, Fn&& fn) {
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

}  // namespace

Result<> for_each_posting(BytesView piece, const BlockBodies& block, const std::function<void(Trigram, uint32_t)>& fn) {
  return go_through(piece, block, fn);
}

bool BlockBuilder::has_room_for(size_t bodies, size_t postings) const {
  if (bodies_.empty()) return true;
  return bodies_.size() + bodies <= kBlockBodiesMax && postings_.size() + postings <= kBlockPostingsMax;
}

void BlockBuilder::add(IndexedBody body, std::span<const Trigram> trigrams) {
  const uint64_t number = bodies_.size();
  bodies_.push_back(body);
  for (Trigram trigram : trigrams) postings_.push_back(posting_of(trigram, number));
}

Result<> BlockBuilder::add(const BlockBodies& block, std::span<const Bytes> pieces,
                           const std::function<bool(const IndexedBody&)>& keep) {
  constexpr uint64_t kGone = UINT64_MAX;
  std::vector<uint64_t> numbers;
  for (const IndexedBody& body : block.bodies) {
    bool stays = keep(body);
    numbers.push_back(stays ? bodies_.size() : kGone);
    if (stays) bodies_.push_back(body);
  }
  if (bodies_.size() > kBlockBodiesMax) return damaged("blocks of too many bodies");
  for (const Bytes& piece : pieces) {
    ROOST_TRY_VOID(go_through(piece, block, [&](Trigram trigram, uint32_t number) {
      if (numbers[number] != kGone) postings_.push_back(posting_of(trigram, numbers[number]));
    }));
  }
  return {};
}

// By trigram, eight bits at a time; of one trigram, they stay in the order in which they came, which is that of the
// bodies' numbers.
void BlockBuilder::sort() {
  constexpr int kDigitBits = 8;
  constexpr size_t kDigits = 3;
  using Places = std::array<uint32_t, size_t{1} << kDigitBits>;
  auto digit = [](uint64_t posting, size_t i) {
    return static_cast<uint8_t>(posting >> (kPostingNumberBits + kDigitBits * static_cast<int>(i)));
  };
  std::array<Places, kDigits> places{};
  for (uint64_t posting : postings_) {
    for (size_t i = 0; i < kDigits; ++i) ++places[i][digit(posting, i)];
  }
  std::vector<uint64_t> sorted(postings_.size());
  for (size_t i = 0; i < kDigits; ++i) {
    uint32_t place = 0;
    for (uint32_t& count : places[i]) place += std::exchange(count, place);
    for (uint64_t posting : postings_) sorted[places[i][digit(posting, i)]++] = posting;
    postings_.swap(sorted);
  }
}

IndexBlock BlockBuilder::finish() {
  sort();
  IndexBlock block;
  std::vector<Trigram> firsts;
  PieceWriter writer(bodies_.size());
  Trigram last = 0;
  for (size_t begin = 0, end = 0; begin < postings_.size(); begin = end) {
    const Trigram trigram = trigram_of(postings_[begin]);
    while (end < postings_.size() && trigram_of(postings_[end]) == trigram) ++end;
    if (block.pieces.empty() || block.pieces.back().size() >= kIndexPieceBytes) {
      block.pieces.push_back(PieceWriter::begin());
      firsts.push_back(trigram);
      last = 0;
    }
    writer.write(block.pieces.back(), trigram - last, std::span(postings_).subspan(begin, end - begin));
    last = trigram;
  }
  block.bodies = encode_bodies(bodies_, firsts);
  bodies_.clear();
  postings_.clear();
  return block;
}

}  // namespace roost::search
