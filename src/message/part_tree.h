// Builds the part table: what is open, where each part's body began, and where it may end at the earliest.
#pragma once

#include <cstdint>
#include <vector>

#include "message/line_feeder.h"
#include "message/part.h"

namespace roost::message {

class PartTree {
 public:
  explicit PartTree(std::vector<Part>& parts) : parts_(parts) {}

  // Opens a part as the last child of `parent`, which must be the innermost open one (kNoPart: the root).
  uint32_t begin(uint32_t parent, uint64_t offset);
  // The innermost open part's header ends here.
  void begin_body(Place at);
  // An empty text/plain as the innermost open part's only child: clients expect a multipart and a message to have one.
  void add_synthetic_child();

  bool empty() const { return open_.empty(); }
  uint32_t top() const { return open_.back().part; }
  // Closes the innermost. It ends at `end`, or where its header or its last child ends if that is later.
  void close_top(Place end);

 private:
  uint32_t append(uint32_t parent, uint64_t offset);

  struct Open {
    uint32_t part = 0;
    uint32_t last_child = kNoPart;
    Place body;
    Place least_end;
  };
  std::vector<Part>& parts_;
  std::vector<Open> open_;
};

}  // namespace roost::message
