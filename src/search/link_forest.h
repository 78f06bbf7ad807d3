// Trees that are linked and cut while they are asked about: link-cut trees (Sleator and Tarjan, 1983). Each operation
// takes O(log n), amortised, however deep the trees are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace roost::search {

class LinkForest {
 public:
  void expect(size_t nodes) { nodes_.reserve(nodes + 1); }
  // A tree of one node. Nodes are numbered from 0.
  uint32_t add();
  // `child` is a root, of another tree.
  void link(uint32_t child, uint32_t parent);
  // `child` is not a root; it becomes one.
  void cut(uint32_t child);
  uint32_t root(uint32_t node);

 private:
  // Each path of a tree is a splay tree of its own, the higher nodes on the left; its root knows the node above the
  // path. 0 is none.
  struct Node {
    std::array<uint32_t, 2> child{};
    uint32_t up = 0;
  };

  bool is_path_root(uint32_t node) const;
  void rotate(uint32_t node);
  void splay(uint32_t node);
  // Makes the path from the tree's root to `node` one splay tree, with `node` as its root and its end.
  void access(uint32_t node);

  std::vector<Node> nodes_{Node()};
};

}  // namespace roost::search
