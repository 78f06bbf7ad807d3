#include "message/boundary_stack.h"

namespace roost::message {

std::optional<BoundaryMatch> BoundaryStack::match(BytesView line) const {
  BytesView text = line.substr(2);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  std::optional<BoundaryMatch> best;
  size_t best_size = 0;
  for (size_t level = open_.size(); level-- > 0;) {
    const Open& open = open_[level];
    if (open.boundary.size() <= best_size || !text.starts_with(open.boundary)) continue;
    BytesView after = text.substr(open.boundary.size());
    best = BoundaryMatch{level, open.part, after.starts_with("--")};
    best_size = open.boundary.size();
    if (after.empty() || after == "--") break;  // exactly this one: a longer one could only end in "--" itself
  }
  return best;
}

}  // namespace roost::message
