#include "wire/string.h"

#include "base/utf8.h"

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

}  // namespace roost::wire
