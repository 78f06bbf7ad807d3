// Timers in O(1): a hierarchical wheel of ticks. Knows no clock; whoever owns it says which tick it is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "rt/link.h"
#include "rt/loop.h"

namespace roost::rt {

// Belongs to one thread.
class TimingWheel {
 public:
  using Tick = uint64_t;

  TimingWheel() = default;
  TimingWheel(const TimingWheel&) = delete;
  TimingWheel& operator=(const TimingWheel&) = delete;
  ~TimingWheel();

  // `work` runs in the first advance() to `due` or later; a `due` that has passed is the next tick.
  Timer add(Tick due, Work work);

  // Runs what is due at `now` or before, in the order of ticks. The work may add and destroy timers.
  void advance(Tick now);

  // The earliest tick at which advance() may have something to do; none while no timer is pending.
  std::optional<Tick> next() const;

  size_t size() const { return size_; }
  Tick now() const { return now_; }

 private:
  static constexpr size_t kLevels = 4;
  static constexpr unsigned kSlotBits = 6;
  static constexpr size_t kSlots = size_t{1} << kSlotBits;
  static constexpr Tick kTicksMax = (Tick{1} << (kSlotBits * kLevels)) - 1;  // farther timers are placed again

  struct Entry;
  struct Level {
    std::array<Link, kSlots> slots;
    uint64_t occupied = 0;  // one bit a slot; may be set for a slot whose timers were all destroyed
  };

  void place(Entry& entry);
  void cascade();
  void run_slot();
  void orphan(Link& slot);

  std::array<Level, kLevels> levels_;
  Tick now_ = 0;  // the last tick that was run
  size_t size_ = 0;
};

}  // namespace roost::rt
