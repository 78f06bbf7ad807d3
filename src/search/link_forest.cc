#include "search/link_forest.h"

namespace roost::search {

uint32_t LinkForest::add() {
  nodes_.emplace_back();
  return static_cast<uint32_t>(nodes_.size() - 2);
}

bool LinkForest::is_path_root(uint32_t node) const {
  uint32_t up = nodes_[node].up;
  return up == 0 || (nodes_[up].child[0] != node && nodes_[up].child[1] != node);
}

void LinkForest::rotate(uint32_t node) {
  uint32_t up = nodes_[node].up;
  uint32_t above = nodes_[up].up;
  size_t side = nodes_[up].child[1] == node ? 1 : 0;
  uint32_t inner = nodes_[node].child[1 - side];
  if (!is_path_root(up)) nodes_[above].child[nodes_[above].child[1] == up ? 1 : 0] = node;
  nodes_[up].child[side] = inner;
  if (inner != 0) nodes_[inner].up = up;
  nodes_[node].child[1 - side] = up;
  nodes_[up].up = node;
  nodes_[node].up = above;
}

void LinkForest::splay(uint32_t node) {
  while (!is_path_root(node)) {
    uint32_t up = nodes_[node].up;
    if (!is_path_root(up)) {
      uint32_t above = nodes_[up].up;
      bool same_side = (nodes_[up].child[1] == node) == (nodes_[above].child[1] == up);
      rotate(same_side ? up : node);
    }
    rotate(node);
  }
}

void LinkForest::access(uint32_t node) {
  uint32_t below = 0;
  for (uint32_t at = node; at != 0; at = nodes_[at].up) {
    splay(at);
    nodes_[at].child[1] = below;
    below = at;
  }
  splay(node);
}

void LinkForest::link(uint32_t child, uint32_t parent) {
  access(child + 1);
  nodes_[child + 1].up = parent + 1;
}

void LinkForest::cut(uint32_t child) {
  access(child + 1);
  uint32_t& above = nodes_[child + 1].child[0];
  nodes_[above].up = 0;
  above = 0;
}

uint32_t LinkForest::root(uint32_t node) {
  access(node + 1);
  uint32_t at = node + 1;
  while (nodes_[at].child[0] != 0) at = nodes_[at].child[0];
  splay(at);
  return at - 1;
}

}  // namespace roost::search
