// How much memory the commands under way may hold together, so that many clients with large literals cannot exhaust
// the process.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace roost::imapd {

// Thread-safe.
class MemoryBudget {
 public:
  explicit MemoryBudget(uint64_t bytes_max) : bytes_max_(bytes_max) {}

  uint64_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  friend class Reservation;
  bool take(uint64_t bytes) {
    uint64_t before = used_.fetch_add(bytes, std::memory_order_relaxed);
    if (before + bytes <= bytes_max_ && before + bytes >= before) return true;
    used_.fetch_sub(bytes, std::memory_order_relaxed);
    return false;
  }
  void give_back(uint64_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

  const uint64_t bytes_max_;
  std::atomic<uint64_t> used_{0};
};

// One command's part of it; grows on request and is given back at once.
class Reservation {
 public:
  explicit Reservation(MemoryBudget& budget) : budget_(&budget) {}
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  ~Reservation() { release(); }

  // False, and nothing changed, where the budget does not have it.
  bool grow(uint64_t bytes) {
    if (!budget_->take(bytes)) return false;
    bytes_ += bytes;
    return true;
  }
  void release() { budget_->give_back(std::exchange(bytes_, 0)); }
  uint64_t bytes() const { return bytes_; }

 private:
  MemoryBudget* budget_;
  uint64_t bytes_ = 0;
};

}  // namespace roost::imapd
