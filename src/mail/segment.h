// Cards packed together, immutable: docs/formats/segment.md.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace roost::mail {

constexpr size_t kSegmentBytes = 256 * 1024;      // of cards, before LZ4; the last card may go beyond
constexpr size_t kSegmentBlockBytes = 32 * 1024;  // packed together, so that one card does not cost the whole segment

// One segment in the making.
class SegmentBuilder {
 public:
  bool empty() const { return sizes_.empty(); }
  bool full() const { return bytes_ >= kSegmentBytes; }
  uint32_t cards() const { return static_cast<uint32_t>(sizes_.size()); }
  // Gives its index.
  uint32_t add(BytesView card);
  // The page; empty again afterwards.
  Bytes finish();

 private:
  void end_block();

  struct Block {
    uint32_t cards;
    size_t packed_bytes;
  };
  std::vector<size_t> sizes_;
  std::vector<Block> blocks_;
  Bytes open_;  // the block being filled
  uint32_t open_cards_ = 0;
  Bytes packed_;
  size_t bytes_ = 0;
};

}  // namespace roost::mail
