// Finds a string in text that comes in pieces, in linear time whatever the text.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace roost::message {

// Needle and text must be folded alike (search_fold). Belongs to one thread.
class Matcher {
 public:
  // An empty needle matches everything, at once.
  explicit Matcher(Bytes folded_needle);

  // Returns matched(). A match may begin in one piece and end in another.
  bool feed(BytesView folded);
  // What follows is another text: a match never spans it. Keeps matched().
  void next_text() { state_ = 0; }
  // Ready for another message.
  void reset();
  bool matched() const { return matched_; }
  const Bytes& needle() const { return needle_; }

 private:
  size_t step(BytesView text);
  size_t step_all(BytesView text);
  size_t scan(BytesView text);

  Bytes needle_;
  std::vector<uint32_t> failure_;  // Knuth-Morris-Pratt: the longest border of each prefix
  uint32_t state_ = 0;             // octets of the needle that the text so far ends with
  bool matched_ = false;
};

}  // namespace roost::message
