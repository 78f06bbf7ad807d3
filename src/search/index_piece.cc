#include "search/index_piece.h"

#include <algorithm>

namespace roost::search {
namespace {

constexpr uint8_t kPieceKind = 'T';
constexpr uint8_t kVersion = 1;

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

void PieceWriter::write(Bytes& piece, Trigram gap, std::span<const uint64_t> postings) {
  size_t size = list(postings);
  bool as_bitmap = size > bitmap_bytes(bodies_);
  if (as_bitmap) {
    bitmap(postings);
    size = bitmap_bytes(bodies_);
  }
  std::array<char, kHeadBytesMax> head;
  char* end = put_varint(put_varint(head.data(), gap), size << 1 | (as_bitmap ? 1 : 0));
  auto head_size = static_cast<size_t>(end - head.data());
  std::memcpy(numbers() - head_size, head.data(), head_size);
  piece.append(numbers() - head_size, head_size + size);
}

// The first number and the gaps. Gives its size.
size_t PieceWriter::list(std::span<const uint64_t> postings) {
  char* out = numbers();
  uint32_t next = 0;
  for (uint64_t posting : postings) {
    out = put_varint(out, number_of(posting) - next);
    next = number_of(posting) + 1;
  }
  return static_cast<size_t>(out - numbers());
}

void PieceWriter::bitmap(std::span<const uint64_t> postings) {
  std::fill_n(numbers(), bitmap_bytes(bodies_), '\0');
  for (uint64_t posting : postings) {
    char& octet = numbers()[number_of(posting) / 8];
    octet = static_cast<char>(octet | 1 << number_of(posting) % 8);
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
