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

void PieceWriter::write(Bytes& piece, Trigram gap, std::span<const uint16_t> numbers) {
  size_t size = write_list(numbers);
  bool as_bitmap = size > bitmap_bytes(bodies_);
  if (as_bitmap) {
    write_bitmap(numbers);
    size = bitmap_bytes(bodies_);
  }
  std::array<char, kHeadBytesMax> head;
  char* end = put_varint(put_varint(head.data(), gap), size << 1 | (as_bitmap ? 1 : 0));
  auto head_size = static_cast<size_t>(end - head.data());
  std::memcpy(list() - head_size, head.data(), head_size);
  piece.append(list() - head_size, head_size + size);
}

// The first number and the gaps. Gives its size.
size_t PieceWriter::write_list(std::span<const uint16_t> numbers) {
  char* out = list();
  uint32_t next = 0;
  for (uint16_t number : numbers) {
    out = put_varint(out, number - next);
    next = number + 1U;
  }
  return static_cast<size_t>(out - list());
}

void PieceWriter::write_bitmap(std::span<const uint16_t> numbers) {
  std::fill_n(list(), bitmap_bytes(bodies_), '\0');
  for (uint16_t number : numbers) {
    char& octet = list()[number / 8];
    octet = static_cast<char>(octet | 1 << number % 8);
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
