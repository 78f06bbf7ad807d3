#include "wire/string.h"

namespace roost::wire {
namespace {

constexpr size_t kQuotedBytesMax = 1024;

bool fits_quoted(BytesView value, bool utf8) {
  if (value.size() > kQuotedBytesMax) return false;
  bool eight_bit = false;
  for (unsigned char c : value) {
    if (c == 0 || c == '\r' || c == '\n') return false;
    eight_bit |= c >= 0x80;
  }
  return !eight_bit || (utf8 && is_valid_utf8(value));
}

}  // namespace

void write_string(Bytes& out, BytesView value, bool utf8) {
  if (!fits_quoted(value, utf8)) {
    write_literal(out, value);
    return;
  }
  out += '"';
  for (char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void write_nstring(Bytes& out, const std::optional<Bytes>& value, bool utf8) {
  if (value) {
    write_string(out, *value, utf8);
  } else {
    out += "NIL";
  }
}

void write_literal(Bytes& out, BytesView value) {
  out += '{';
  out += std::to_string(value.size());
  out += "}\r\n";
  out += value;
}

bool is_valid_utf8(BytesView value) {
  auto at = [&](size_t i) { return static_cast<unsigned char>(value[i]); };
  for (size_t i = 0; i < value.size();) {
    unsigned char lead = at(i);
    size_t more = lead < 0x80 ? 0 : lead < 0xc2 ? 9 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 9;
    if (more == 9 || i + more >= value.size()) return false;
    for (size_t k = 1; k <= more; ++k) {
      if ((at(i + k) & 0xc0) != 0x80) return false;
    }
    // Overlong forms, surrogates, and what lies beyond U+10FFFF (RFC 3629 4).
    if ((lead == 0xe0 && at(i + 1) < 0xa0) || (lead == 0xed && at(i + 1) > 0x9f) ||
        (lead == 0xf0 && at(i + 1) < 0x90) || (lead == 0xf4 && at(i + 1) > 0x8f)) {
      return false;
    }
    i += more + 1;
  }
  return true;
}

}  // namespace roost::wire
