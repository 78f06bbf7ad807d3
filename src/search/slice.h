// The time that one step of a long work may take.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace roost::search {

// `clock` must outlive it.
class Slice {
 public:
  Slice(const Clock& clock, TimePoint deadline) : clock_(clock), deadline_(deadline) {}

  // Asked after each small piece of work, or several; looks at the clock once in a while.
  bool late(uint32_t pieces = 1) {
    unclocked_ += pieces;
    if (unclocked_ < kPiecesUnclockedMax) return false;
    unclocked_ = 0;
    return clock_.now() >= deadline_;
  }

 private:
  static constexpr uint32_t kPiecesUnclockedMax = 256;

  const Clock& clock_;
  const TimePoint deadline_;
  uint32_t unclocked_ = 0;
};

}  // namespace roost::search
