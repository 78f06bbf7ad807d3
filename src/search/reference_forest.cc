#include "search/reference_forest.h"

namespace roost::search {

void ReferenceForest::expect(size_t messages) {
  constexpr size_t kNodesEach = 2;  // IDs of messages that are not there come on top
  nodes_.reserve(messages * kNodesEach);
  links_.expect(messages * kNodesEach);
  ids_.expect(messages * kNodesEach);
}

uint32_t ReferenceForest::new_node() {
  nodes_.emplace_back();
  return links_.add();
}

uint32_t ReferenceForest::node_of(uint64_t id) {
  uint32_t& node = ids_.at(id);
  if (node == IdTable::kNone) node = new_node();
  return node;
}

// Without an ID, or with that of an earlier message, it is a node that nothing refers to.
uint32_t ReferenceForest::node_of_message(uint32_t message, uint64_t id) {
  uint32_t node = id == 0 ? new_node() : node_of(id);
  if (nodes_[node].message != kNone) node = new_node();
  nodes_[node].message = message;
  return node;
}

void ReferenceForest::link(uint32_t child, uint32_t parent) {
  if (child == parent || nodes_[child].parent != kNone) return;
  if (nodes_[child].had_children && links_.root(parent) == child) return;
  nodes_[child].parent = parent;
  nodes_[parent].had_children = true;
  links_.link(child, parent);
}

uint32_t ReferenceForest::add(uint32_t message, const message::ThreadKeys& keys) {
  uint32_t node = node_of_message(message, keys.message_id);
  uint32_t last = kNone;
  for (uint64_t id : keys.references) {
    uint32_t next = node_of(id);
    if (last != kNone) link(next, last);
    last = next;
  }
  uint32_t before = nodes_[node].parent;
  if (before != last && before != kNone) {
    links_.cut(node);
    nodes_[node].parent = kNone;
  }
  if (last != kNone) link(node, last);
  return node;
}

}  // namespace roost::search
