#include "rt/timing_wheel.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <vector>

namespace roost::rt {
namespace {

TEST(TimingWheel, RunsATimerAtItsTickAndNotBefore) {
  for (TimingWheel::Tick due : {1ULL, 63ULL, 64ULL, 65ULL, 4095ULL, 4096ULL, 262'143ULL, 262'144ULL, 20'000'000ULL}) {
    TimingWheel wheel;
    int runs = 0;
    auto timer = wheel.add(due, [&] { ++runs; });
    wheel.advance(due - 1);
    EXPECT_EQ(runs, 0) << due;
    wheel.advance(due);
    EXPECT_EQ(runs, 1) << due;
    EXPECT_EQ(wheel.size(), 0u);
    EXPECT_FALSE(wheel.next());
  }
}

TEST(TimingWheel, NeverRunsADestroyedTimer) {
  TimingWheel wheel;
  auto timer = wheel.add(5, [] { FAIL(); });
  auto kept = wheel.add(100, [] {});
  timer.cancel();
  EXPECT_EQ(wheel.size(), 1u);
  wheel.advance(50);
}

TEST(TimingWheel, LetsATimerDestroyItselfAndItsNeighbourAndStartAnother) {
  TimingWheel wheel;
  int second_runs = 0;
  int later_runs = 0;
  Timer first, second, later;
  first = wheel.add(3, [&] {
    first.cancel();
    second.cancel();
    later = wheel.add(3, [&] { ++later_runs; });
  });
  second = wheel.add(3, [&] { ++second_runs; });
  wheel.advance(3);
  EXPECT_EQ(second_runs, 0);
  EXPECT_EQ(later_runs, 0);
  wheel.advance(4);
  EXPECT_EQ(later_runs, 1);
}

TEST(TimingWheel, TimersMayOutliveIt) {
  Timer timer;
  {
    TimingWheel wheel;
    timer = wheel.add(3, [] {});
  }
  timer.cancel();
}

TEST(TimingWheel, SkipsEmptyStretchesInFewSteps) {
  TimingWheel wheel;
  auto timer = wheel.add(1'000'000, [] {});
  size_t steps = 0;
  while (auto next = wheel.next()) {
    wheel.advance(*next);
    ++steps;
  }
  EXPECT_LE(steps, 4u);
}

struct Pending {
  TimingWheel::Tick due = 0;
  Timer timer;
};

RC_GTEST_PROP(TimingWheel, BehavesLikeASortedMap, ()) {
  TimingWheel wheel;
  std::map<int, Pending> pending;
  std::vector<int> ran;
  const auto steps = *rc::gen::inRange(1, 60);
  for (int id = 0; id < steps; ++id) {
    const auto bits = *rc::gen::inRange(0, 26);
    const auto far = static_cast<TimingWheel::Tick>(*rc::gen::inRange(0, 1 << bits));
    const auto due = wheel.now() + 1 + far;
    pending[id] = {due, wheel.add(due, [&ran, id] { ran.push_back(id); })};
    if (*rc::gen::inRange(0, 4) == 0) pending.erase(*rc::gen::inRange(0, id + 1));
    const auto now = wheel.now() + static_cast<TimingWheel::Tick>(*rc::gen::inRange(0, 1 << *rc::gen::inRange(0, 22)));
    wheel.advance(now);
    for (int done : ran) {
      RC_ASSERT(pending.contains(done));
      RC_ASSERT(pending[done].due <= now);
      pending.erase(done);
    }
    ran.clear();
    for (const auto& [_, timer] : pending) RC_ASSERT(timer.due > now);
    RC_ASSERT(wheel.size() == pending.size());
  }
}

}  // namespace
}  // namespace roost::rt
