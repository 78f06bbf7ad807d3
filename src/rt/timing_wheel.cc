#include "rt/timing_wheel.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace roost::rt {

struct TimingWheel::Entry final : Timer::Entry, Link {
  Entry(TimingWheel* owner, Tick tick, Work what) : wheel(owner), due(tick), work(std::move(what)) {}
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;
  ~Entry() override {
    if (wheel != nullptr) --wheel->size_;
  }

  TimingWheel* wheel;  // null once it has run, or once the wheel is gone
  Tick due;
  Work work;
};

TimingWheel::~TimingWheel() {
  for (auto& level : levels_) {
    for (auto& slot : level.slots) orphan(slot);
  }
}

void TimingWheel::orphan(Link& slot) {
  while (slot.linked()) {
    auto* entry = static_cast<Entry*>(slot.next);
    entry->unlink();
    entry->wheel = nullptr;
  }
}

Timer TimingWheel::add(Tick due, Work work) {
  auto entry = std::make_unique<Entry>(this, std::max(due, now_ + 1), std::move(work));
  place(*entry);
  ++size_;
  return Timer(std::move(entry));
}

// Level k holds what is due in 64^k .. 64^(k+1)-1 ticks, in the slot of the digit that `due` has there. It comes down
// a level when the wheel reaches that digit.
void TimingWheel::place(Entry& entry) {
  const Tick delta = std::min(entry.due - now_, kTicksMax);
  const size_t k = delta < kSlots ? 0 : (std::bit_width(delta) - 1) / kSlotBits;
  const size_t slot = ((now_ + delta) >> (kSlotBits * k)) & (kSlots - 1);
  entry.insert_before(levels_[k].slots[slot]);
  levels_[k].occupied |= uint64_t{1} << slot;
}

std::optional<TimingWheel::Tick> TimingWheel::next() const {
  if (size_ == 0) return std::nullopt;
  std::optional<Tick> earliest;
  for (size_t k = 0; k < kLevels; ++k) {
    if (levels_[k].occupied == 0) continue;
    const Tick digit = now_ >> (kSlotBits * k);
    const auto turned = std::rotr(levels_[k].occupied, static_cast<int>((digit + 1) & (kSlots - 1)));
    const Tick tick = (digit + 1 + static_cast<Tick>(std::countr_zero(turned))) << (kSlotBits * k);
    earliest = std::min(tick, earliest.value_or(tick));
  }
  return earliest;
}

void TimingWheel::advance(Tick now) {
  while (now_ < now) {
    const auto tick = next();
    if (!tick || *tick > now) {
      now_ = now;
      return;
    }
    now_ = *tick;
    cascade();
    run_slot();
  }
}

void TimingWheel::cascade() {
  for (size_t k = kLevels - 1; k > 0; --k) {
    if ((now_ & ((Tick{1} << (kSlotBits * k)) - 1)) != 0) continue;  // the digit of this level has not just changed
    const size_t slot = (now_ >> (kSlotBits * k)) & (kSlots - 1);
    levels_[k].occupied &= ~(uint64_t{1} << slot);
    Link down;
    down.take_all(levels_[k].slots[slot]);
    while (down.linked()) {
      auto* entry = static_cast<Entry*>(down.next);
      entry->unlink();
      place(*entry);
    }
  }
}

void TimingWheel::run_slot() {
  const size_t slot = now_ & (kSlots - 1);
  levels_[0].occupied &= ~(uint64_t{1} << slot);
  Link due;
  due.take_all(levels_[0].slots[slot]);
  while (due.linked()) {
    auto* entry = static_cast<Entry*>(due.next);
    entry->unlink();
    entry->wheel = nullptr;
    --size_;
    auto work = std::move(entry->work);  // the work may destroy its own timer
    work();
  }
}

}  // namespace roost::rt
