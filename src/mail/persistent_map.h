// An ordered map whose every version stays as it is: insert and erase give a new one that shares all but O(log n) nodes
// (an AVL tree, paths copied). A value: copying it is copying a pointer. Readable from any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace roost::mail {

template <class Key, class Value, class Less = std::less<>>
class PersistentMap {
 public:
  using Entry = std::pair<Key, Value>;

  PersistentMap() = default;
  // Strictly ascending. O(n).
  static PersistentMap from_sorted(std::vector<Entry> entries) {
    return PersistentMap(build(entries.data(), entries.size()));
  }

  size_t size() const { return root_ ? root_->size : 0; }
  bool empty() const { return !root_; }

  // Lives as long as a version of the map that holds it.
  template <class K>
  const Value* find(const K& key) const {
    for (const Node* node = root_.get(); node != nullptr;) {
      if (Less()(key, node->entry.first)) {
        node = node->left.get();
      } else if (Less()(node->entry.first, key)) {
        node = node->right.get();
      } else {
        return &node->entry.second;
      }
    }
    return nullptr;
  }
  template <class K>
  bool contains(const K& key) const {
    return find(key) != nullptr;
  }

  // The first entry whose key is not below `key`.
  template <class K>
  const Entry* lower_bound(const K& key) const {
    const Entry* best = nullptr;
    for (const Node* node = root_.get(); node != nullptr;) {
      if (Less()(node->entry.first, key)) {
        node = node->right.get();
      } else {
        best = &node->entry;
        node = node->left.get();
      }
    }
    return best;
  }
  // The last entry whose key is not above `key`.
  template <class K>
  const Entry* floor(const K& key) const {
    const Entry* best = nullptr;
    for (const Node* node = root_.get(); node != nullptr;) {
      if (Less()(key, node->entry.first)) {
        node = node->left.get();
      } else {
        best = &node->entry;
        node = node->right.get();
      }
    }
    return best;
  }

  void set(Key key, Value value) { root_ = inserted(root_, key, value); }
  // Does nothing if it is not there.
  template <class K>
  void erase(const K& key) {
    if (contains(key)) root_ = erased(root_, key);
  }

  // Calls fn(key, value) in order, from the first key that is not below `from`; fn returns false to stop.
  template <class K, class Fn>
  void for_each_from(const K& from, Fn&& fn) const {
    walk_from(root_.get(), from, fn);
  }
  template <class Fn>
  void for_each(Fn&& fn) const {
    walk(root_.get(), fn);
  }

  // Whether both are the very same version.
  bool same_version(const PersistentMap& other) const { return root_ == other.root_; }

 private:
  struct Node;
  using Link = std::shared_ptr<const Node>;
  struct Node {
    Entry entry;
    Link left;
    Link right;
    uint32_t size;
    uint8_t height;
  };

  explicit PersistentMap(Link root) : root_(std::move(root)) {}

  static int height(const Link& node) { return node ? node->height : 0; }
  static uint32_t size_of(const Link& node) { return node ? node->size : 0; }

  static Link make(Entry entry, Link left, Link right) {
    auto size = 1 + size_of(left) + size_of(right);
    auto tall = static_cast<uint8_t>(1 + std::max(height(left), height(right)));
    return std::make_shared<const Node>(Node{std::move(entry), std::move(left), std::move(right), size, tall});
  }

  static Link build(Entry* entries, size_t count) {
    if (count == 0) return nullptr;
    size_t middle = count / 2;
    Link left = build(entries, middle);
    Link right = build(entries + middle + 1, count - middle - 1);
    return make(std::move(entries[middle]), std::move(left), std::move(right));
  }

  // The heights differ by at most 2.
  static Link balanced(Entry entry, Link left, Link right) {
    if (height(left) > height(right) + 1) {
      if (height(left->left) >= height(left->right)) {
        return make(left->entry, left->left, make(std::move(entry), left->right, std::move(right)));
      }
      const Node& middle = *left->right;
      return make(middle.entry, make(left->entry, left->left, middle.left),
                  make(std::move(entry), middle.right, std::move(right)));
    }
    if (height(right) > height(left) + 1) {
      if (height(right->right) >= height(right->left)) {
        return make(right->entry, make(std::move(entry), std::move(left), right->left), right->right);
      }
      const Node& middle = *right->left;
      return make(middle.entry, make(std::move(entry), std::move(left), middle.left),
                  make(right->entry, middle.right, right->right));
    }
    return make(std::move(entry), std::move(left), std::move(right));
  }

  static Link inserted(const Link& node, Key& key, Value& value) {
    if (!node) return make({std::move(key), std::move(value)}, nullptr, nullptr);
    if (Less()(key, node->entry.first)) return balanced(node->entry, inserted(node->left, key, value), node->right);
    if (Less()(node->entry.first, key)) return balanced(node->entry, node->left, inserted(node->right, key, value));
    return make({std::move(key), std::move(value)}, node->left, node->right);
  }

  static Link without_first(const Link& node) {
    if (!node->left) return node->right;
    return balanced(node->entry, without_first(node->left), node->right);
  }

  // The key is in the tree.
  template <class K>
  static Link erased(const Link& node, const K& key) {
    if (Less()(key, node->entry.first)) return balanced(node->entry, erased(node->left, key), node->right);
    if (Less()(node->entry.first, key)) return balanced(node->entry, node->left, erased(node->right, key));
    if (!node->left) return node->right;
    if (!node->right) return node->left;
    const Node* next = node->right.get();
    while (next->left) next = next->left.get();
    return balanced(next->entry, node->left, without_first(node->right));
  }

  template <class Fn>
  static bool walk(const Node* node, Fn& fn) {
    return node == nullptr ||
           (walk(node->left.get(), fn) && fn(node->entry.first, node->entry.second) && walk(node->right.get(), fn));
  }
  template <class K, class Fn>
  static bool walk_from(const Node* node, const K& from, Fn& fn) {
    if (node == nullptr) return true;
    if (Less()(node->entry.first, from)) return walk_from(node->right.get(), from, fn);
    return walk_from(node->left.get(), from, fn) && fn(node->entry.first, node->entry.second) &&
           walk(node->right.get(), fn);
  }

  Link root_;
};

}  // namespace roost::mail
