// A list that only grows, each version of which stays as it is. Adding is O(1) amortised and shares everything with the
// version before; a copy is two pointers. Elements never move. Readable from any thread; one writer per line of
// history.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "mail/column.h"

namespace roost::mail {

template <class T, uint32_t kBlockItems = 32>
class AppendList {
 public:
  uint32_t size() const { return full_size() + tail_size_; }
  bool empty() const { return size() == 0; }

  const T& operator[](uint32_t index) const {
    uint32_t block = index / kBlockItems;
    return block * kBlockItems < full_size() ? (*(*full_)[block])[index % kBlockItems] : (*tail_)[index % kBlockItems];
  }

  void push_back(const T& item) {
    if (tail_size_ == kBlockItems) {
      auto full = full_ ? std::make_shared<Blocks>(*full_) : std::make_shared<Blocks>();
      full->push_back(std::move(tail_));
      full_ = std::move(full);
      tail_ = nullptr;
      tail_size_ = 0;
    }
    tail_ = extend_column<T>(tail_, tail_size_, std::span<const T>(&item, 1), kBlockItems);
    ++tail_size_;
  }

 private:
  using Blocks = std::vector<ColumnPtr<T>>;
  uint32_t full_size() const { return full_ ? static_cast<uint32_t>(full_->size()) * kBlockItems : 0; }

  std::shared_ptr<const Blocks> full_;
  ColumnPtr<T> tail_;
  uint32_t tail_size_ = 0;
};

}  // namespace roost::mail
