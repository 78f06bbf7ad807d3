#include "search/index_piece.h"

namespace roost::search {
namespace {

constexpr uint8_t kPieceKind = 'T';
constexpr uint8_t kVersion = 1;

constexpr size_t kWordOctets = sizeof(BodyBits::value_type);

// Up to eight octets, the first one lowest.
uint64_t word_of(BytesView octets) {
  uint64_t word = 0;
  for (size_t i = 0; i < octets.size(); ++i) word |= uint64_t{static_cast<uint8_t>(octets[i])} << (8 * i);
  return word;
}

char* put_varint(char* out, uint64_t number) {
  for (; number >= 0x80; number >>= 7) *out++ = static_cast<char>(number | 0x80);
  *out++ = static_cast<char>(number);
  return out;
}

}  // namespace

Bytes PieceWriter::begin() {
  Bytes piece;
  piece.reserve(kIndexPieceBytes + kIndexPieceBytes / 4);
  Encoder out(piece);
  out.u8(kPieceKind);
  out.u8(kVersion);
  return piece;
}

void PieceWriter::write(Bytes& piece, Trigram gap, const BodyBits& with) {
  size_t count = 0;
  for (uint64_t word : with) count += static_cast<size_t>(std::popcount(word));
  // Each number takes an octet or two.
  size_t size = count > bitmap_bytes(bodies_) ? count : write_list(with);
  bool as_bitmap = size > bitmap_bytes(bodies_);
  if (as_bitmap) {
    write_bitmap(with);
    size = bitmap_bytes(bodies_);
  }
  std::array<char, kHeadBytesMax> head;
  char* end = put_varint(put_varint(head.data(), gap), size << 1 | (as_bitmap ? 1 : 0));
  auto head_size = static_cast<size_t>(end - head.data());
  std::memcpy(list() - head_size, head.data(), head_size);
  piece.append(list() - head_size, head_size + size);
}

// The first number and the gaps. Gives its size.
size_t PieceWriter::write_list(const BodyBits& with) {
  char* out = list();
  size_t next = 0;
  for (size_t i = 0; i < with.size(); ++i) {
    for (uint64_t bits = with[i]; bits != 0; bits &= bits - 1) {
      size_t number = i * kWordBodies + static_cast<size_t>(std::countr_zero(bits));
      out = put_varint(out, number - next);
      next = number + 1;
    }
  }
  return static_cast<size_t>(out - list());
}

void PieceWriter::write_bitmap(const BodyBits& with) {
  for (size_t at = 0; at < bitmap_bytes(bodies_); ++at) {
    list()[at] = static_cast<char>(with[at / kWordOctets] >> (at % kWordOctets * 8));
  }
}

std::optional<size_t> PostingView::count(size_t bodies) const {
  size_t found = 0;
  if (!is_bitmap) {
    bool sound = for_each_gap(bodies, [&found](uint32_t) { ++found; });
    return sound ? std::optional(found) : std::nullopt;
  }
  if (bytes.size() != bitmap_bytes(bodies)) return std::nullopt;
  bool beyond = bodies % 8 != 0 && static_cast<uint8_t>(bytes.back()) >> bodies % 8 != 0;
  if (beyond) return std::nullopt;
  for (size_t at = 0; at < bytes.size(); at += kWordOctets) {
    found += static_cast<size_t>(std::popcount(word_of(bytes.substr(at, kWordOctets))));
  }
  return found;
}

void PostingView::add_to(BodyBits& with, size_t first) const {
  if (!is_bitmap) {
    for_each_gap(kBlockBodiesMax, [&](uint32_t number) {
      with[(first + number) / kWordBodies] |= uint64_t{1} << (first + number) % kWordBodies;
    });
    return;
  }
  const size_t shift = first % kWordBodies;
  for (size_t at = 0; at < bytes.size(); at += kWordOctets) {
    const uint64_t word = word_of(bytes.substr(at, kWordOctets));
    const size_t to = (first + at * 8) / kWordBodies;
    with[to] |= word << shift;
    const uint64_t over = shift == 0 ? 0 : word >> (kWordBodies - shift);
    if (over != 0) with[to + 1] |= over;
  }
}

PieceReader::PieceReader(BytesView piece) : in_(piece) {
  if (in_.u8() != kPieceKind || in_.u8() != kVersion) in_.fail();
}

bool PieceReader::next() {
  if (in_.left() == 0) return false;
  uint64_t gap = in_.varint();
  uint64_t size = in_.varint();
  if (gap >= kTrigrams || trigram_ + gap >= kTrigrams) in_.fail();
  trigram_ += static_cast<Trigram>(gap);
  list_ = {(size & 1) != 0, in_.raw(size >> 1)};
  return !in_.failed();
}

}  // namespace roost::search
