// Bytes, and the little-endian encoding that every stored format is made of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace roost {

using Bytes = std::string;           // owned octets, of any value
using BytesView = std::string_view;  // octets owned by somebody else

// Appends to a buffer that the caller owns. Numbers are little-endian; varints are LEB128; a string is a varint
// length and its octets. docs/formats/ names these u8, u32, u64, varint, zigzag and bytes.
class Encoder {
 public:
  explicit Encoder(Bytes& out) : out_(out) {}

  void u8(uint8_t v) { out_.push_back(static_cast<char>(v)); }
  void u16(uint16_t v) { fixed(v); }
  void u32(uint32_t v) { fixed(v); }
  void u64(uint64_t v) { fixed(v); }
  void varint(uint64_t v);
  void zigzag(int64_t v) { varint((static_cast<uint64_t>(v) << 1) ^ static_cast<uint64_t>(v >> 63)); }
  void bytes(BytesView v) {
    varint(v.size());
    raw(v);
  }
  void raw(BytesView v) { out_.append(v); }

 private:
  template <class T>
  void fixed(T v) {
    for (size_t i = 0; i < sizeof v; ++i) out_.push_back(static_cast<char>(v >> (8 * i)));
  }
  Bytes& out_;
};

// Reads what Encoder wrote. Every byte is hostile: after the first read past the end or malformed varint, failed()
// is true and every further read gives zero or empty. Check failed() (or finish()) before using what was read.
class Decoder {
 public:
  explicit Decoder(BytesView in) : in_(in) {}

  uint8_t u8() { return fixed<uint8_t>(); }
  uint16_t u16() { return fixed<uint16_t>(); }
  uint32_t u32() { return fixed<uint32_t>(); }
  uint64_t u64() { return fixed<uint64_t>(); }
  uint64_t varint();
  int64_t zigzag() {
    uint64_t v = varint();
    return static_cast<int64_t>(v >> 1) ^ -static_cast<int64_t>(v & 1);
  }
  BytesView bytes() { return raw(varint()); }
  BytesView raw(uint64_t size);

  // A count of things of which each takes at least `item_bytes_min` bytes: a count that the rest cannot hold fails,
  // so that nobody reserves memory for a lie.
  uint64_t count(size_t item_bytes_min = 1);

  size_t left() const { return in_.size(); }
  bool failed() const { return failed_; }
  void fail() {
    failed_ = true;
    in_ = {};
  }
  // Error unless everything was read and nothing failed. `what` names the format for the log.
  Result<> finish(std::string_view what) const;

 private:
  template <class T>
  T fixed() {
    BytesView v = raw(sizeof(T));
    T out{};
    for (size_t i = 0; i < v.size(); ++i)
      out = static_cast<T>(out | (static_cast<T>(static_cast<uint8_t>(v[i])) << (8 * i)));
    return out;
  }
  BytesView in_;
  bool failed_ = false;
};

// CRC-32C (Castagnoli), as iSCSI and ext4 use it; `seed` chains calls.
uint32_t crc32c(BytesView data, uint32_t seed = 0);

}  // namespace roost
