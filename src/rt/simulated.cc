#include "rt/simulated.h"

#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "rt/current_loop.h"

namespace roost::rt {
namespace {

constexpr WallTime kWallAtStart{1'767'225'600};  // 2026-01-01 00:00:00 UTC

class SimulatedClock final : public Clock {
 public:
  explicit SimulatedClock(const TimePoint& now) : now_(now) {}
  TimePoint now() const override { return now_; }
  WallTime wall() const override {
    const auto passed = std::chrono::floor<Seconds>(now_.time_since_epoch());
    return WallTime{kWallAtStart.seconds + (passed + jumped_).count()};
  }
  void jump_wall(Seconds by) { jumped_ += by; }

 private:
  const TimePoint& now_;  // the simulation's
  Seconds jumped_{0};
};

// SplitMix64: the same numbers on every platform.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  size_t below(size_t sides) {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return static_cast<size_t>((z ^ (z >> 31)) % sides);
  }

 private:
  uint64_t state_;
};

using TimerKey = std::pair<TimePoint, uint64_t>;  // the second: in the order of after()
using Timers = std::map<TimerKey, Work>;

struct TimerEntry final : Timer::Entry {
  TimerEntry(std::weak_ptr<Timers> of, TimerKey k) : timers(std::move(of)), key(k) {}
  TimerEntry(const TimerEntry&) = delete;
  TimerEntry& operator=(const TimerEntry&) = delete;
  ~TimerEntry() override {
    auto all = timers.lock();
    if (!all) return;
    auto gone = all->extract(key);  // the work is destroyed after the map is whole again
  }

  std::weak_ptr<Timers> timers;
  TimerKey key;
};

class SimulatedLoop final : public Loop {
 public:
  SimulatedLoop(size_t index, const SimulatedClock& clock) : index_(index), clock_(clock) {}
  SimulatedLoop(const SimulatedLoop&) = delete;
  SimulatedLoop& operator=(const SimulatedLoop&) = delete;
  ~SimulatedLoop() override { drop_queue(); }

  void post(Work work) override { queue_.push_back(std::move(work)); }

  Timer after(Millis delay, Work work) override {
    const TimerKey key{clock_.now() + std::max(delay, Millis(0)), next_timer_++};
    timers_->emplace(key, std::move(work));
    return Timer(std::make_unique<TimerEntry>(timers_, key));
  }

  const Clock& clock() const override { return clock_; }
  size_t index() const override { return index_; }

  bool has_work() const { return !queue_.empty(); }
  bool has_due_timer() const { return !timers_->empty() && timers_->begin()->first.first <= clock_.now(); }
  std::optional<TimePoint> next_timer() const {
    if (timers_->empty()) return std::nullopt;
    return timers_->begin()->first.first;
  }

  void run_work() {
    CurrentLoop here(this);
    auto work = std::move(queue_.front());
    queue_.pop_front();
    work();
  }
  void run_timer() {
    CurrentLoop here(this);
    auto due = timers_->extract(timers_->begin());
    due.mapped()();
  }
  void drop_queue() {
    while (has_work()) {
      auto work = std::move(queue_.front());
      queue_.pop_front();
    }
  }

 private:
  const size_t index_;
  const SimulatedClock& clock_;
  std::deque<Work> queue_;
  std::shared_ptr<Timers> timers_ = std::make_shared<Timers>();
  uint64_t next_timer_ = 0;
};

class SimulatedLoops final : public Loops {
 public:
  SimulatedLoops(size_t count, const SimulatedClock& clock) {
    for (size_t i = 0; i < count; ++i) loops_.push_back(std::make_unique<SimulatedLoop>(i, clock));
  }

  // False where they were empty. What is destroyed may post again.
  bool drop_queues() {
    bool any = false;
    for (auto& loop : loops_) {
      any = any || loop->has_work();
      loop->drop_queue();
    }
    return any;
  }

  size_t size() const override { return loops_.size(); }
  SimulatedLoop& at(size_t index) override { return *loops_.at(index); }

 private:
  std::vector<std::unique_ptr<SimulatedLoop>> loops_;
};

// As on several threads, any of the works that wait may be the next to be done.
class SimulatedPool final : public Pool {
 public:
  explicit SimulatedPool(Dice& dice) : dice_(dice) {}
  void submit(Work work) override { works_.push_back(std::move(work)); }
  bool has_work() const { return !works_.empty(); }
  void run_one() {
    std::swap(works_[dice_.below(works_.size())], works_.back());
    auto work = std::move(works_.back());
    works_.pop_back();
    work();
  }

 private:
  Dice& dice_;
  std::vector<Work> works_;
};

class SimulatedMachine final : public Machine {
 public:
  SimulatedMachine(const TimePoint& now, Dice& dice, size_t loops)
      : clock_(now), dice_(dice), loops_(loops, clock_), pool_(dice) {}

  SimulatedLoops& loops() override { return loops_; }
  Pool& pool() override { return pool_; }
  const Clock& clock() const override { return clock_; }
  void jump_wall(Seconds by) override { clock_.jump_wall(by); }
  void kill() override { killed_ = true; }
  bool killed() const { return killed_; }

  // What could run next: one event of a loop, or (null) one of the pool.
  void add_ready(std::vector<std::pair<SimulatedMachine*, SimulatedLoop*>>& ready) {
    for (size_t i = 0; i < loops_.size(); ++i) {
      SimulatedLoop& loop = loops_.at(i);
      if (loop.has_work() || loop.has_due_timer()) ready.emplace_back(this, &loop);
    }
    if (pool_.has_work()) ready.emplace_back(this, nullptr);
  }
  void run_one(SimulatedLoop* loop) {
    if (loop == nullptr) {
      pool_.run_one();
    } else if (loop->has_due_timer() && (!loop->has_work() || dice_.below(2) == 0)) {
      loop->run_timer();
    } else {
      loop->run_work();
    }
  }
  std::optional<TimePoint> next_timer() {
    std::optional<TimePoint> earliest;
    for (size_t i = 0; i < loops_.size(); ++i) {
      const auto next = loops_.at(i).next_timer();
      if (next && (!earliest || *next < *earliest)) earliest = next;
    }
    return earliest;
  }
  bool drop_queues() { return loops_.drop_queues(); }

 private:
  SimulatedClock clock_;
  Dice& dice_;
  SimulatedLoops loops_;
  SimulatedPool pool_;  // goes before the loops that its works post to
  bool killed_ = false;
};

class SeededSimulation final : public Simulation {
 public:
  SeededSimulation(uint64_t seed, size_t loops) : dice_(seed) { add_machine(loops); }
  SeededSimulation(const SeededSimulation&) = delete;
  SeededSimulation& operator=(const SeededSimulation&) = delete;
  // All queues first, while every loop is still there to be posted to.
  ~SeededSimulation() override {
    for (bool again = true; again;) {
      again = false;
      for (auto& machine : machines_) again = machine->drop_queues() || again;
    }
  }

  Machine& machine() override { return *machines_.front(); }
  Machine& add_machine(size_t loops) override {
    machines_.push_back(std::make_unique<SimulatedMachine>(now_, dice_, loops));
    return *machines_.back();
  }

  bool step() override {
    ready_.clear();
    for (auto& machine : machines_) {
      if (!machine->killed()) machine->add_ready(ready_);
    }
    if (ready_.empty()) return false;
    auto [machine, loop] = ready_[dice_.below(ready_.size())];
    machine->run_one(loop);
    return true;
  }

  bool step_or_advance() override {
    if (step()) return true;
    const auto next = next_timer();
    if (!next) return false;
    now_ = *next;
    return true;
  }

  void run() override {
    while (step_or_advance()) {
    }
  }

  void run_for(Millis duration) override {
    const auto end = now_ + duration;
    for (;;) {
      while (step()) {
      }
      const auto next = next_timer();
      if (!next || *next > end) break;
      now_ = *next;
    }
    now_ = end;
  }

 private:
  std::optional<TimePoint> next_timer() {
    std::optional<TimePoint> earliest;
    for (auto& machine : machines_) {
      if (machine->killed()) continue;
      const auto next = machine->next_timer();
      if (next && (!earliest || *next < *earliest)) earliest = next;
    }
    return earliest;
  }

  TimePoint now_{};
  Dice dice_;
  std::vector<std::unique_ptr<SimulatedMachine>> machines_;
  std::vector<std::pair<SimulatedMachine*, SimulatedLoop*>> ready_;
};

}  // namespace

std::unique_ptr<Simulation> make_simulation(uint64_t seed, size_t loops) {
  return std::make_unique<SeededSimulation>(seed, loops);
}

}  // namespace roost::rt
