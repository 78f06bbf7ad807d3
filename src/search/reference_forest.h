// Who answers whom, by the message IDs in References (RFC 5256 3, THREAD=REFERENCES, step 1).
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "message/card.h"
#include "search/id_table.h"
#include "search/link_forest.h"

namespace roost::search {

// Messages and, for IDs that only References speak of, dummies; each has one parent at most, and there are no loops.
// Belongs to one thread at a time.
class ReferenceForest {
 public:
  static constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

  // `seed`: so that nobody can choose IDs that lie in the same place of the table.
  explicit ReferenceForest(uint64_t seed) : ids_(seed) {}

  // So many messages will be added, or about so many.
  void expect(size_t messages);
  // `message` is the caller's number for it. Gives its node.
  uint32_t add(uint32_t message, const message::ThreadKeys& keys);

  uint32_t nodes() const { return static_cast<uint32_t>(nodes_.size()); }
  uint32_t parent(uint32_t node) const { return nodes_[node].parent; }
  // kNone for a dummy.
  uint32_t message(uint32_t node) const { return nodes_[node].message; }

 private:
  struct Node {
    uint32_t parent = kNone;
    uint32_t message = kNone;
    bool had_children = false;
  };

  uint32_t new_node();
  uint32_t node_of(uint64_t id);
  uint32_t node_of_message(uint32_t message, uint64_t id);
  // Unless `child` has a parent, or is an ancestor of `parent`.
  void link(uint32_t child, uint32_t parent);

  std::vector<Node> nodes_;
  IdTable ids_;
  LinkForest links_;
};

}  // namespace roost::search
