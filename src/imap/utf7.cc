#include "imap/utf7.h"

#include <array>

#include "wire/string.h"

namespace roost::imap {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

bool is_printable(uint32_t c) { return c >= 0x20 && c <= 0x7e; }

void write_utf8(Bytes& out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
    return;
  }
  int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  constexpr std::array<uint8_t, 4> kLead = {0, 0xc0, 0xe0, 0xf0};
  out += static_cast<char>(kLead[static_cast<size_t>(more)] | c >> (6 * more));
  while (more-- > 0) out += static_cast<char>(0x80 | (c >> (6 * more) & 0x3f));
}

// The first character of valid UTF-8, taken off `text`.
uint32_t take_utf8(BytesView& text) {
  auto at = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  uint32_t lead = at(0);
  size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  uint32_t c = more == 0 ? lead : lead & (0x3f >> more);
  for (size_t i = 1; i <= more; ++i) c = c << 6 | (at(i) & 0x3f);
  text.remove_prefix(more + 1);
  return c;
}

// UTF-16 units to UTF-8.
class UnitReader {
 public:
  explicit UnitReader(Bytes& out) : out_(out) {}

  bool add(uint32_t unit) {
    if (unit >= 0xdc00 && unit <= 0xdfff) {
      if (high_ == 0) return false;
      write_utf8(out_, 0x10000 + ((high_ - 0xd800) << 10) + (unit - 0xdc00));
      high_ = 0;
      return true;
    }
    if (high_ != 0 || is_printable(unit)) return false;
    if (unit >= 0xd800 && unit <= 0xdbff) {
      high_ = unit;
    } else {
      write_utf8(out_, unit);
    }
    return true;
  }
  bool finished() const { return high_ == 0; }

 private:
  Bytes& out_;
  uint32_t high_ = 0;
};

// What stands between "&" and "-": at least one character.
bool decode_shifted(Bytes& out, BytesView digits) {
  UnitReader units(out);
  uint32_t bits = 0;
  int count = 0;
  for (char c : digits) {
    size_t digit = kAlphabet.find(c);
    if (digit == BytesView::npos) return false;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    count += 6;
    if (count < 16) continue;
    count -= 16;
    if (!units.add(bits >> count & 0xffff)) return false;
    bits &= (1U << count) - 1;
  }
  return units.finished() && count < 6 && bits == 0;
}

// Characters that cannot stand for themselves, until finish().
class ShiftWriter {
 public:
  explicit ShiftWriter(Bytes& out) : out_(out) {}

  void add(uint32_t c) {
    if (!open_) out_ += '&';
    open_ = true;
    if (c >= 0x10000) {
      unit(0xd800 + ((c - 0x10000) >> 10));
      unit(0xdc00 + ((c - 0x10000) & 0x3ff));
    } else {
      unit(c);
    }
  }
  void finish() {
    if (!open_) return;
    if (count_ > 0) out_ += kAlphabet[bits_ << (6 - count_) & 0x3f];
    out_ += '-';
    open_ = false;
    bits_ = 0;
    count_ = 0;
  }

 private:
  void unit(uint32_t value) {
    bits_ = bits_ << 16 | value;
    for (count_ += 16; count_ >= 6; count_ -= 6) out_ += kAlphabet[bits_ >> (count_ - 6) & 0x3f];
    bits_ &= (1U << count_) - 1;
  }
  Bytes& out_;
  uint32_t bits_ = 0;
  int count_ = 0;
  bool open_ = false;
};

}  // namespace

Result<Bytes> decode_modified_utf7(BytesView name) {
  Bytes out;
  out.reserve(name.size());
  bool after_shift = false;
  for (size_t i = 0; i < name.size(); ++i) {
    char c = name[i];
    if (!is_printable(static_cast<uint8_t>(c))) return bad("A character that modified UTF-7 does not have");
    if (c != '&') {
      out += c;
      after_shift = false;
      continue;
    }
    size_t end = name.find('-', i);
    if (end == BytesView::npos) return bad("A shift to base64 in modified UTF-7 that does not end");
    if (end == i + 1) {
      out += '&';
      after_shift = false;
    } else {
      if (after_shift) return bad("A superfluous shift in modified UTF-7");
      if (!decode_shifted(out, name.substr(i + 1, end - i - 1))) return bad("Wrong base64 in modified UTF-7");
      after_shift = true;
    }
    i = end;
  }
  return out;
}

void write_modified_utf7(Bytes& out, BytesView name) {
  ShiftWriter shift(out);
  while (!name.empty()) {
    uint32_t c = take_utf8(name);
    if (!is_printable(c)) {
      shift.add(c);
      continue;
    }
    shift.finish();
    out += static_cast<char>(c);
    if (c == '&') out += '-';
  }
  shift.finish();
}

}  // namespace roost::imap
