// UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing beyond U+10FFFF. Inline, as most text passes through.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/bytes.h"

namespace roost {

// Octets before the first with its high bit set.
inline size_t ascii_prefix(BytesView text) {
  constexpr uint64_t kHighBits = 0x8080808080808080ULL;
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    if ((word & kHighBits) != 0) break;
  }
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
  return i;
}

struct Utf8Sequence {
  bool valid = false;
  bool cut = false;         // what is there may begin a valid sequence, but the text ends
  uint8_t size = 1;         // of a valid one
  uint32_t code_point = 0;  // of a valid one
};

// Of the sequence that `text` (not empty) begins with.
inline Utf8Sequence utf8_sequence(BytesView text) {
  auto at = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char lead = at(0);
  if (lead < 0x80) return {.valid = true, .code_point = lead};
  if (lead < 0xc2 || lead > 0xf4) return {};
  uint8_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  uint32_t c = lead & (size == 2 ? 0x1fU : size == 3 ? 0x0fU : 0x07U);
  for (uint8_t i = 1; i < size; ++i) {
    if (i == text.size()) return {.cut = true};
    if ((at(i) & 0xc0) != 0x80) return {};
    // Overlong forms, surrogates, and what lies beyond U+10FFFF.
    if (i == 1 && ((lead == 0xe0 && at(1) < 0xa0) || (lead == 0xed && at(1) > 0x9f) || (lead == 0xf0 && at(1) < 0x90) ||
                   (lead == 0xf4 && at(1) > 0x8f))) {
      return {};
    }
    c = (c << 6) | (at(i) & 0x3fU);
  }
  return {.valid = true, .size = size, .code_point = c};
}

// Octets before the first that begins no whole, valid sequence.
inline size_t utf8_prefix(BytesView text) {
  size_t i = 0;
  while (i < text.size()) {
    i += ascii_prefix(text.substr(i));
    if (i == text.size()) break;
    Utf8Sequence sequence = utf8_sequence(text.substr(i));
    if (!sequence.valid) break;
    i += sequence.size;
  }
  return i;
}

// `c` is a code point that UTF-8 can have: no surrogate, at most U+10FFFF.
inline void append_utf8(uint32_t c, Bytes& out) {
  if (c < 0x80) {
    out += static_cast<char>(c);
    return;
  }
  int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  uint32_t lead = more == 1 ? 0xc0 : more == 2 ? 0xe0 : 0xf0;
  out += static_cast<char>(lead | (c >> (6 * more)));
  while (more-- > 0) out += static_cast<char>(0x80 | ((c >> (6 * more)) & 0x3f));
}

inline bool is_valid_utf8(BytesView text) { return utf8_prefix(text) == text.size(); }

}  // namespace roost
