// Refuses new data before the disk is full, so that RocksDB always has room for what it must do.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "store/files.h"

namespace roost::store {

// Thread-safe. Asks the system at most twice a second.
class SpaceGuard {
 public:
  SpaceGuard(Files& files, std::string directory, uint64_t free_bytes_min)
      : files_(files), directory_(std::move(directory)), free_bytes_min_(free_bytes_min) {}

  bool has_room();

 private:
  Files& files_;
  const std::string directory_;
  const uint64_t free_bytes_min_;
  std::mutex mutex_;  // guards all below
  TimePoint asked_at_{};
  bool asked_ = false;
  bool room_ = true;
};

}  // namespace roost::store
