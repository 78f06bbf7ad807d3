#include <array>
#include <cstring>
#if defined(__SSE4_2__)
#include <nmmintrin.h>
#endif

#include "base/bytes.h"

namespace roost {
namespace {

constexpr uint32_t kPolynomial = 0x82F63B78U;  // Castagnoli's, its bits reversed

constexpr std::array<uint32_t, 256> kTable = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t c = i;
    for (int k = 0; k < 8; ++k) c = (c & 1) != 0 ? (c >> 1) ^ kPolynomial : c >> 1;
    table[i] = c;
  }
  return table;
}();

constexpr uint32_t step(uint32_t crc, uint8_t octet) { return kTable[(crc ^ octet) & 0xff] ^ (crc >> 8); }

}  // namespace

#if defined(__SSE4_2__)

namespace {

// The instruction has a latency of three cycles and a throughput of one, so three stretches are summed at a time. What
// the first two come to behind so many octets as follow them is linear in each octet of the sum.
constexpr int kStretchDoublings = 10;
constexpr size_t kStretchBytes = size_t{1} << kStretchDoublings;

using Bits = std::array<uint32_t, 32>;  // what becomes of each bit of a sum
using Shift = std::array<std::array<uint32_t, 256>, 4>;

constexpr uint32_t carried(const Bits& bits, uint32_t crc) {
  uint32_t out = 0;
  for (size_t i = 0; i < bits.size(); ++i) {
    if ((crc >> i & 1) != 0) out ^= bits[i];
  }
  return out;
}

// What becomes of each octet of a sum behind a stretch of zeros.
constexpr Shift shift_by_stretch() {
  Bits bits{};
  for (uint32_t i = 0; i < bits.size(); ++i) bits[i] = step(uint32_t{1} << i, 0);
  for (int n = 0; n < kStretchDoublings; ++n) {
    Bits twice{};
    for (size_t i = 0; i < bits.size(); ++i) twice[i] = carried(bits, bits[i]);
    bits = twice;
  }
  Shift shift{};
  for (uint32_t octet = 0; octet < 4; ++octet) {
    for (uint32_t value = 0; value < 256; ++value) shift[octet][value] = carried(bits, value << (8 * octet));
  }
  return shift;
}

constexpr Shift kShift = shift_by_stretch();

uint64_t shifted(uint64_t crc) {
  return kShift[0][crc & 0xff] ^ kShift[1][crc >> 8 & 0xff] ^ kShift[2][crc >> 16 & 0xff] ^ kShift[3][crc >> 24 & 0xff];
}

uint64_t word_at(const char* p) {
  uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

uint64_t sum_three_stretches(const char* p, uint64_t crc) {
  uint64_t second = 0;
  uint64_t third = 0;
  for (const char* end = p + kStretchBytes; p != end; p += 8) {
    crc = _mm_crc32_u64(crc, word_at(p));
    second = _mm_crc32_u64(second, word_at(p + kStretchBytes));
    third = _mm_crc32_u64(third, word_at(p + 2 * kStretchBytes));
  }
  return shifted(shifted(crc) ^ second) ^ third;
}

}  // namespace

uint32_t crc32c(BytesView data, uint32_t seed) {
  uint64_t crc = ~seed;
  const char* p = data.data();
  size_t n = data.size();
  for (; n >= 3 * kStretchBytes; p += 3 * kStretchBytes, n -= 3 * kStretchBytes) crc = sum_three_stretches(p, crc);
  for (; n >= 8; p += 8, n -= 8) crc = _mm_crc32_u64(crc, word_at(p));
  for (; n > 0; ++p, --n) crc = _mm_crc32_u8(static_cast<uint32_t>(crc), static_cast<uint8_t>(*p));
  return ~static_cast<uint32_t>(crc);
}

#else

uint32_t crc32c(BytesView data, uint32_t seed) {
  uint32_t crc = ~seed;
  for (char c : data) crc = step(crc, static_cast<uint8_t>(c));
  return ~crc;
}

#endif

}  // namespace roost
