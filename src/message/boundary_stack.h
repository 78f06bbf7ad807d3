// The boundaries of the multiparts that are open at a point of a message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace roost::message {

struct BoundaryMatch {
  size_t level = 0;     // in the stack, 0 being the outermost
  uint32_t part = 0;    // the multipart whose boundary it is
  bool closes = false;  // the last one, "--boundary--"
};

class BoundaryStack {
 public:
  bool empty() const { return open_.empty(); }
  void push(uint32_t part, Bytes boundary) { open_.push_back({part, std::move(boundary)}); }
  // Keeps the outermost `levels`.
  void shrink(size_t levels) { open_.resize(levels, Open{}); }

  // `line` begins with "--"; its line end is removed. A boundary need only begin the line (RFC 2046 5.1.1): where
  // several do, the longest is meant, and among equals the innermost.
  std::optional<BoundaryMatch> match(BytesView line) const;

 private:
  struct Open {
    uint32_t part = 0;
    Bytes boundary;
  };
  std::vector<Open> open_;
};

}  // namespace roost::message
