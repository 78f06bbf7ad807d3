#include "search/index_block.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace roost::search {
namespace {

constexpr uint8_t kBodiesKind = 'B';
constexpr uint8_t kPieceKind = 'T';
constexpr uint8_t kVersion = 1;
constexpr int kNumberBits = 16;  // of a body's number in a posting

Fail damaged(const char* what) { return fault(std::string("search index: ") + what, Code::corruption); }

size_t bitmap_bytes(size_t bodies) { return (bodies + 7) / 8; }

// Ascending numbers: a bitmap where that is shorter, else the first and the gaps.
class PostingList {
 public:
  explicit PostingList(size_t bodies) : bodies_(bodies) {}

  void write(Encoder& out, Trigram gap, std::span<const uint64_t> postings) {
    list_.clear();
    Encoder list(list_);
    uint32_t next = 0;
    for (uint64_t posting : postings) {
      auto number = static_cast<uint16_t>(posting);
      list.varint(number - next);
      next = number + 1U;
    }
    bool as_bitmap = list_.size() > bitmap_bytes(bodies_);
    if (as_bitmap) make_bitmap(postings);
    out.varint(gap);
    out.varint(list_.size() << 1 | (as_bitmap ? 1 : 0));
    out.raw(list_);
  }

 private:
  void make_bitmap(std::span<const uint64_t> postings) {
    list_.assign(bitmap_bytes(bodies_), '\0');
    for (uint64_t posting : postings) {
      auto number = static_cast<uint16_t>(posting);
      list_[number / 8] = static_cast<char>(list_[number / 8] | 1 << number % 8);
    }
  }

  const size_t bodies_;
  Bytes list_;
};

// One trigram's postings as a piece has them.
struct PostingView {
  bool is_bitmap = false;
  BytesView bytes;

  // Calls fn(number). False where it is damaged.
  template <class Fn>
  bool for_each(size_t bodies, Fn&& fn) const {
    if (is_bitmap) return for_each_bit(bodies, fn);
    Decoder in(bytes);
    uint64_t next = 0;
    while (in.left() > 0) {
      uint64_t gap = in.varint();
      if (in.failed() || gap >= bodies || next + gap >= bodies) return false;
      fn(static_cast<uint32_t>(next + gap));
      next += gap + 1;
    }
    return !in.failed();
  }

 private:
  template <class Fn>
  bool for_each_bit(size_t bodies, Fn&& fn) const {
    if (bytes.size() != bitmap_bytes(bodies)) return false;
    for (uint32_t number = 0; number < bodies; ++number) {
      if ((static_cast<uint8_t>(bytes[number / 8]) >> number % 8 & 1) != 0) fn(number);
    }
    return true;
  }
};

// Goes through a piece's trigrams.
class PieceReader {
 public:
  explicit PieceReader(BytesView piece) : in_(piece) {
    if (in_.u8() != kPieceKind || in_.u8() != kVersion) in_.fail();
  }

  bool next() {
    if (in_.left() == 0) return false;
    uint64_t gap = in_.varint();
    uint64_t size = in_.varint();
    if (gap >= kTrigrams || trigram_ + gap >= kTrigrams) in_.fail();
    trigram_ += static_cast<Trigram>(gap);
    list_ = {(size & 1) != 0, in_.raw(size >> 1)};
    return !in_.failed();
  }
  bool failed() const { return in_.failed(); }
  Trigram trigram() const { return trigram_; }
  const PostingView& list() const { return list_; }

 private:
  Decoder in_;
  Trigram trigram_ = 0;
  PostingView list_;
};

Bytes begin_piece() {
  Bytes piece;
  piece.reserve(kIndexPieceBytes + kIndexPieceBytes / 4);
  Encoder out(piece);
  out.u8(kPieceKind);
  out.u8(kVersion);
  return piece;
}

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

bool BlockBuilder::has_room_for(size_t bodies, size_t postings) const {
  if (bodies_.empty()) return true;
  return bodies_.size() + bodies <= kBlockBodiesMax && postings_.size() + postings <= kBlockPostingsMax;
}

void BlockBuilder::add(IndexedBody body, std::span<const Trigram> trigrams) {
  uint64_t number = bodies_.size();
  bodies_.push_back(body);
  for (Trigram trigram : trigrams) postings_.push_back(uint64_t{trigram} << kNumberBits | number);
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
    ROOST_TRY_VOID(for_each_posting(piece, block, [&](Trigram trigram, uint32_t number) {
      if (numbers[number] != kGone) postings_.push_back(uint64_t{trigram} << kNumberBits | numbers[number]);
    }));
  }
  return {};
}

// By trigram, twelve bits at a time; of one trigram, they stay in the order in which they came, which is that of the
// bodies' numbers.
void BlockBuilder::sort() {
  constexpr int kDigitBits = 12;
  std::vector<uint64_t> sorted(postings_.size());
  for (int shift = kNumberBits; shift < kNumberBits + 2 * kDigitBits; shift += kDigitBits) {
    std::array<uint32_t, size_t{1} << kDigitBits> places{};
    auto digit = [shift](uint64_t posting) { return posting >> shift & ((1U << kDigitBits) - 1); };
    for (uint64_t posting : postings_) ++places[digit(posting)];
    uint32_t place = 0;
    for (uint32_t& count : places) place += std::exchange(count, place);
    for (uint64_t posting : postings_) sorted[places[digit(posting)]++] = posting;
    postings_.swap(sorted);
  }
}

IndexBlock BlockBuilder::finish() {
  sort();
  IndexBlock block;
  std::vector<Trigram> firsts;
  PostingList list(bodies_.size());
  Trigram last = 0;
  for (size_t begin = 0, end = 0; begin < postings_.size(); begin = end) {
    uint64_t trigram = postings_[begin] >> kNumberBits;
    while (end < postings_.size() && postings_[end] >> kNumberBits == trigram) ++end;
    if (block.pieces.empty() || block.pieces.back().size() >= kIndexPieceBytes) {
      block.pieces.push_back(begin_piece());
      firsts.push_back(static_cast<Trigram>(trigram));
      last = 0;
    }
    Encoder out(block.pieces.back());
    list.write(out, static_cast<Trigram>(trigram) - last, std::span(postings_).subspan(begin, end - begin));
    last = static_cast<Trigram>(trigram);
  }
  block.bodies = encode_bodies(bodies_, firsts);
  bodies_.clear();
  postings_.clear();
  return block;
}

}  // namespace roost::search
