// A piece of the search index's postings: trigrams in order, each with a list of bodies' numbers. Inside search/ only.
// docs/formats/search_index.md has the bytes.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>

#include "base/bytes.h"
#include "search/index_block.h"
#include "search/trigrams.h"

namespace roost::search {

inline size_t bitmap_bytes(size_t bodies) { return (bodies + 7) / 8; }

// Bodies of a block by their number, one bit each.
inline constexpr size_t kWordBodies = 64;
using BodyBits = std::array<uint64_t, kBlockBodiesMax / kWordBodies>;

// Writes a block's lists, one after the other.
class PieceWriter {
 public:
  // Of a block of so many bodies.
  explicit PieceWriter(size_t bodies) : bodies_(bodies) {}

  static Bytes begin();
  // One trigram's list, to the end of a piece; `gap` is from the trigram before in it.
  void write(Bytes& piece, Trigram gap, const BodyBits& with);

 private:
  static constexpr size_t kHeadBytesMax = 16;  // two varints
  size_t write_list(const BodyBits& with);
  void write_bitmap(const BodyBits& with);
  char* list() { return buffer_.data() + kHeadBytesMax; }

  const size_t bodies_;
  std::array<char, kHeadBytesMax + 2 * kBlockBodiesMax> buffer_;  // a number, below kBlockBodiesMax, takes at most two
};

// One trigram's list.
struct PostingView {
  bool is_bitmap = false;
  BytesView bytes;

  // Calls fn(number), ascending. False where it is damaged.
  template <class Fn>
  bool for_each(size_t bodies, Fn&& fn) const {
    return is_bitmap ? for_each_bit(bodies, fn) : for_each_gap(bodies, fn);
  }

  // How many there are; nothing where it is damaged.
  std::optional<size_t> count(size_t bodies) const;
  // Adds all of a sound one to `with`, each number `first` higher.
  void add_to(BodyBits& with, size_t first) const;

 private:
  template <class Fn>
  bool for_each_gap(size_t bodies, Fn&& fn) const {
    size_t next = 0;
    for (size_t at = 0; at < bytes.size(); ++next) {
      auto octet = static_cast<uint8_t>(bytes[at++]);
      next += octet & 0x7f;
      if (octet >= 0x80) {
        if (at == bytes.size() || bytes[at] <= 0) return false;
        next += static_cast<size_t>(bytes[at++]) << 7;
      }
      if (next >= bodies) return false;
      fn(static_cast<uint32_t>(next));
    }
    return true;
  }

  template <class Fn>
  bool for_each_bit(size_t bodies, Fn&& fn) const {
    if (bytes.size() != bitmap_bytes(bodies)) return false;
    for (size_t at = 0; at < bytes.size(); ++at) {
      for (unsigned bits = static_cast<uint8_t>(bytes[at]); bits != 0; bits &= bits - 1) {
        size_t number = at * 8 + static_cast<size_t>(std::countr_zero(bits));
        if (number >= bodies) return false;
        fn(static_cast<uint32_t>(number));
      }
    }
    return true;
  }
};

// Goes through a piece's trigrams.
class PieceReader {
 public:
  explicit PieceReader(BytesView piece);

  bool next();
  bool failed() const { return in_.failed(); }
  Trigram trigram() const { return trigram_; }
  const PostingView& list() const { return list_; }

 private:
  Decoder in_;
  Trigram trigram_ = 0;
  PostingView list_;
};

}  // namespace roost::search
