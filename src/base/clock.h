// Time, so that a simulation can make its own.
#pragma once

#include <chrono>
#include <cstdint>

namespace roost {

using Millis = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;

// Monotonic time since some start, for timeouts.
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

// Wall-clock time: nanoseconds are dropped, seconds since 1970 UTC are what mail knows.
struct WallTime {
  int64_t seconds = 0;

  friend auto operator<=>(const WallTime&, const WallTime&) = default;
};

// Thread-safe. The real one asks the system; the simulated one is told.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  virtual WallTime wall() const = 0;
};

// The system's clocks; lives as long as the process.
const Clock& system_clock();

}  // namespace roost
