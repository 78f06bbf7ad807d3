#include "base/bytes.h"

#include <array>
#if defined(__SSE4_2__)
#include <nmmintrin.h>
#endif

namespace roost {

void Encoder::varint(uint64_t v) {
  while (v >= 0x80) {
    out_.push_back(static_cast<char>(v | 0x80));
    v >>= 7;
  }
  out_.push_back(static_cast<char>(v));
}

uint64_t Decoder::varint() {
  uint64_t v = 0;
  for (size_t i = 0; i < in_.size() && i < 10; ++i) {
    auto octet = static_cast<uint8_t>(in_[i]);
    if (i == 9 && octet > 1) break;
    v |= static_cast<uint64_t>(octet & 0x7f) << (7 * i);
    if ((octet & 0x80) == 0) {
      in_.remove_prefix(i + 1);
      return v;
    }
  }
  fail();
  return 0;
}

BytesView Decoder::raw(uint64_t size) {
  if (size > in_.size()) {
    fail();
    return {};
  }
  BytesView v = in_.substr(0, size);
  in_.remove_prefix(size);
  return v;
}

uint64_t Decoder::count(size_t item_bytes_min) {
  uint64_t n = varint();
  if (n > in_.size() / (item_bytes_min == 0 ? 1 : item_bytes_min)) {
    fail();
    return 0;
  }
  return n;
}

Result<> Decoder::finish(std::string_view what) const {
  if (failed_) return fault(std::string(what) + ": truncated or malformed", Code::corruption);
  if (!in_.empty()) return fault(std::string(what) + ": trailing bytes", Code::corruption);
  return {};
}

#if defined(__SSE4_2__)

uint32_t crc32c(BytesView data, uint32_t seed) {
  uint64_t crc = ~seed;
  const char* p = data.data();
  size_t n = data.size();
  for (; n >= 8; p += 8, n -= 8) {
    uint64_t word;
    __builtin_memcpy(&word, p, 8);
    crc = _mm_crc32_u64(crc, word);
  }
  for (; n > 0; ++p, --n) crc = _mm_crc32_u8(static_cast<uint32_t>(crc), static_cast<uint8_t>(*p));
  return ~static_cast<uint32_t>(crc);
}

#else

namespace {
constexpr std::array<uint32_t, 256> kTable = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t c = i;
    for (int k = 0; k < 8; ++k) c = (c & 1) != 0 ? (c >> 1) ^ 0x82F63B78U : c >> 1;
    table[i] = c;
  }
  return table;
}();
}  // namespace

uint32_t crc32c(BytesView data, uint32_t seed) {
  uint32_t crc = ~seed;
  for (char c : data) crc = kTable[(crc ^ static_cast<uint8_t>(c)) & 0xff] ^ (crc >> 8);
  return ~crc;
}

#endif

}  // namespace roost
