#include "base/bytes.h"

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

}  // namespace roost
