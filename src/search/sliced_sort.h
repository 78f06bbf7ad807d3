// A sort that can be left and taken up again: O(n log n), in slices.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "search/slice.h"

namespace roost::search {

// Belongs to one thread at a time. `Less` is a strict order in which no two items are equal. Needs memory for the items
// twice.
template <class T, class Less>
class SlicedSort {
 public:
  SlicedSort(std::vector<T> items, Less less) : items_(std::move(items)), less_(std::move(less)) {}

  // True when items() are in order; false where it was late: call again.
  bool run(Slice& slice) {
    if (!sort_blocks(slice)) return false;
    while (width_ < items_.size()) {
      if (!merge_all(slice)) return false;
      items_.swap(merged_);
      merged_.clear();
      width_ *= 2;
      restart(0);
    }
    return true;
  }

  const std::vector<T>& items() const { return items_; }

 private:
  static constexpr uint32_t kBlock = 256;

  bool sort_blocks(Slice& slice) {
    while (sorted_ < items_.size()) {
      size_t end = std::min(sorted_ + kBlock, items_.size());
      std::sort(items_.begin() + static_cast<ptrdiff_t>(sorted_), items_.begin() + static_cast<ptrdiff_t>(end), less_);
      sorted_ = end;
      if (slice.late(kBlock)) return false;
    }
    return true;
  }

  // Two neighbouring runs of width_ items each become one, from all of items_ into merged_.
  bool merge_all(Slice& slice) {
    if (merged_.empty()) {
      merged_.reserve(items_.size());
      restart(0);
    }
    while (merged_.size() < items_.size()) {
      while (left_ < left_end_ || right_ < right_end_) {
        bool from_left = right_ == right_end_ || (left_ < left_end_ && !less_(items_[right_], items_[left_]));
        merged_.push_back(std::move(items_[from_left ? left_++ : right_++]));
        if (slice.late()) return false;
      }
      restart(right_end_);
    }
    return true;
  }

  void restart(size_t at) {
    left_ = at;
    left_end_ = right_ = std::min(at + width_, items_.size());
    right_end_ = std::min(right_ + width_, items_.size());
  }

  std::vector<T> items_;
  std::vector<T> merged_;
  Less less_;
  size_t width_ = kBlock;
  size_t sorted_ = 0;
  size_t left_ = 0;
  size_t left_end_ = 0;
  size_t right_ = 0;
  size_t right_end_ = 0;
};

}  // namespace roost::search
