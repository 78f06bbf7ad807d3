// An array of fixed capacity that one reader after the other sees more of: the rows of one leaf.
//
// Whoever holds a Column also holds how many of its items are its own, and reads no further. A writer adds items behind
// those that it sees if nobody else has yet (claim), and copies the column otherwise. So an append costs the appended
// items only, while older snapshots go on reading the same memory: they never look where the writer writes.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>

namespace roost::mail {

template <class T>
class Column {
 public:
  explicit Column(uint32_t capacity) : items_(make(capacity)), capacity_(capacity) {}

  uint32_t capacity() const { return capacity_; }
  const T* data() const { return items_.get(); }
  const T& operator[](size_t i) const { return items_[i]; }
  // Only for a column that nobody else sees yet.
  T* fresh_data() { return items_.get(); }
  void set_used(uint32_t used) { used_.store(used, std::memory_order_relaxed); }

  // Room for `count` items behind the first `from`, now the caller's to write; null where there is no room, or where
  // another line of history has written there.
  T* claim(uint32_t from, uint32_t count) {
    if (count > capacity_ - std::min(from, capacity_)) return nullptr;
    uint32_t expected = from;
    if (!used_.compare_exchange_strong(expected, from + count, std::memory_order_relaxed)) return nullptr;
    return items_.get() + from;
  }

 private:
  static std::unique_ptr<T[]> make(uint32_t capacity) {
    if constexpr (std::is_trivially_default_constructible_v<T>) {
      return std::make_unique_for_overwrite<T[]>(capacity);
    } else {
      return std::make_unique<T[]>(capacity);
    }
  }

  std::unique_ptr<T[]> items_;
  uint32_t capacity_;
  std::atomic<uint32_t> used_{0};
};

template <class T>
using ColumnPtr = std::shared_ptr<Column<T>>;

template <class T>
ColumnPtr<T> copy_column(const T* items, uint32_t size, uint32_t capacity) {
  auto column = std::make_shared<Column<T>>(capacity);
  std::copy_n(items, size, column->fresh_data());
  column->set_used(size);
  return column;
}

// The column with `more` behind its first `size` items: the same one where that is possible. The caller sees to it that
// size + more.size() <= capacity_max.
template <class T>
ColumnPtr<T> extend_column(const ColumnPtr<T>& column, uint32_t size, std::span<const T> more, uint32_t capacity_max) {
  auto count = static_cast<uint32_t>(more.size());
  if (column) {
    if (T* room = column->claim(size, count)) {
      std::ranges::copy(more, room);
      return column;
    }
  }
  uint32_t capacity = 4;
  while (capacity < size + count) capacity *= 2;
  auto copy = std::make_shared<Column<T>>(std::min(capacity, capacity_max));
  if (column) std::copy_n(column->data(), size, copy->fresh_data());
  std::ranges::copy(more, copy->fresh_data() + size);
  copy->set_used(size + count);
  return copy;
}

}  // namespace roost::mail
