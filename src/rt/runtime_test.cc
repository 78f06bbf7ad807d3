// What holds in both runtimes.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "rt/event.h"
#include "rt/loop.h"
#include "rt/pool.h"
#include "rt/real.h"
#include "rt/simulated.h"

namespace roost::rt {
namespace {

class RealRuntime {
 public:
  RealRuntime() : thread_([this] { loops_->run(); }) {}
  RealRuntime(const RealRuntime&) = delete;
  RealRuntime& operator=(const RealRuntime&) = delete;
  ~RealRuntime() {
    loops_->stop();
    thread_.join();
  }
  Loop& loop(size_t i) { return loops_->at(i); }
  Pool& pool() { return *pool_; }
  void run(std::function<task<>()> make) {
    std::atomic<bool> done = false;
    spawn(loop(0), finish(std::move(make), done));
    done.wait(false);
  }

 private:
  static task<> finish(std::function<task<>()> make, std::atomic<bool>& done) {
    co_await make();
    done = true;
    done.notify_one();
  }
  std::unique_ptr<RealLoops> loops_ = make_loops(2);
  std::unique_ptr<Pool> pool_ = make_pool("test", 2);
  std::thread thread_;
};

class SimulatedRuntime {
 public:
  Loop& loop(size_t i) { return simulation_->loops().at(i); }
  Pool& pool() { return simulation_->pool(); }
  void run(std::function<task<>()> make) { simulation_->wait(finish(std::move(make))); }

 private:
  static task<bool> finish(std::function<task<>()> make) {
    co_await make();
    co_return true;
  }
  std::unique_ptr<Simulation> simulation_ = make_simulation(42, 2);
};

template <class T>
class Runtime : public testing::Test {
 protected:
  T runtime_;
};
using Runtimes = testing::Types<RealRuntime, SimulatedRuntime>;

struct RuntimeNames {
  template <class T>
  static std::string GetName(int) {
    return std::is_same_v<T, RealRuntime> ? "real" : "simulated";
  }
};
TYPED_TEST_SUITE(Runtime, Runtimes, RuntimeNames);

task<> hop_around(Loop& a, Loop& b, std::vector<size_t>& seen) {
  for (int i = 0; i < 3; ++i) {
    co_await b.hop();
    seen.push_back(Loop::current()->index());
    co_await a.hop();
    seen.push_back(Loop::current()->index());
  }
}

TYPED_TEST(Runtime, HopGoesOnInTheOtherLoop) {
  std::vector<size_t> seen;
  auto& a = this->runtime_.loop(0);
  auto& b = this->runtime_.loop(1);
  this->runtime_.run([&] { return hop_around(a, b, seen); });
  EXPECT_EQ(seen, (std::vector<size_t>{1, 0, 1, 0, 1, 0}));
}

task<> post_in_order(Loop& target, std::vector<int>& order) {
  for (int i = 0; i < 1000; ++i) target.post([&order, i] { order.push_back(i); });
  co_await target.yield();  // behind them all
}

TYPED_TEST(Runtime, RunsPostedWorkInItsOrder) {
  std::vector<int> order;
  auto& b = this->runtime_.loop(1);
  this->runtime_.run([&] { return post_in_order(b, order); });
  ASSERT_EQ(order.size(), 1000u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

task<> sleep_both(Loop& loop, TimePoint& before, TimePoint& after) {
  before = loop.clock().now();
  co_await loop.sleep(Millis(40));
  after = loop.clock().now();
}

TYPED_TEST(Runtime, SleepsAtLeastAsLongAsAsked) {
  TimePoint before, after;
  auto& loop = this->runtime_.loop(0);
  this->runtime_.run([&] { return sleep_both(loop, before, after); });
  EXPECT_GE(after - before, Millis(40));
}

task<> cancel_one(Loop& loop, bool& cancelled_ran, bool& kept_ran) {
  auto cancelled = loop.after(Millis(1), [&] { cancelled_ran = true; });
  auto kept = loop.after(Millis(20), [&] { kept_ran = true; });
  cancelled.cancel();
  co_await loop.sleep(Millis(60));
}

TYPED_TEST(Runtime, ACancelledTimerNeverRuns) {
  bool cancelled_ran = false;
  bool kept_ran = false;
  auto& loop = this->runtime_.loop(0);
  this->runtime_.run([&] { return cancel_one(loop, cancelled_ran, kept_ran); });
  EXPECT_FALSE(cancelled_ran);
  EXPECT_TRUE(kept_ran);
}

task<> compute(Pool& pool, std::string& value, Loop*& there, Loop*& back) {
  value = co_await pool.run([&there] {
    there = Loop::current();
    return std::string("computed");
  });
  back = Loop::current();
}

TYPED_TEST(Runtime, ThePoolRunsOutsideOfLoopsAndComesHome) {
  std::string value;
  auto& loop = this->runtime_.loop(0);
  Loop* there = &loop;
  Loop* back = nullptr;
  this->runtime_.run([&] { return compute(this->runtime_.pool(), value, there, back); });
  EXPECT_EQ(value, "computed");
  EXPECT_EQ(there, nullptr);
  EXPECT_EQ(back, &loop);
}

task<> compute_badly(Pool& pool, std::string& caught) {
  try {
    co_await pool.run([]() -> int { throw std::runtime_error("no"); });
  } catch (const std::runtime_error& e) {
    caught = e.what();
  }
}

TYPED_TEST(Runtime, AnExceptionComesBackFromThePool) {
  std::string caught;
  this->runtime_.run([&] { return compute_badly(this->runtime_.pool(), caught); });
  EXPECT_EQ(caught, "no");
}

task<> hold(Mutex& mutex, int& inside, int& most) {
  auto lock = co_await mutex.lock();
  most = std::max(most, ++inside);
  co_await Loop::current()->yield();
  --inside;
}

task<> count_down(task<> work, int& left, Event& none_left) {
  co_await std::move(work);
  if (--left == 0) none_left.set();
}

task<> contend(Loop& loop, int& most) {
  Mutex mutex;
  Event none_left;
  int inside = 0;
  int left = 10;
  for (int i = 0; i < 10; ++i) spawn(loop, count_down(hold(mutex, inside, most), left, none_left));
  co_await none_left.wait();
}

TYPED_TEST(Runtime, AMutexLetsInOneAtATime) {
  int most = 0;
  auto& loop = this->runtime_.loop(0);
  this->runtime_.run([&] { return contend(loop, most); });
  EXPECT_EQ(most, 1);
}

task<> forever(Event& never, std::shared_ptr<int> held) {
  co_await never.wait();
  ++*held;
}

task<> start_forever(Loop& loop, Event& never, std::shared_ptr<int> held) {
  spawn(loop, forever(never, std::move(held)));
  co_await loop.yield();
  co_await loop.yield();
}

TYPED_TEST(Runtime, WhatNeverEndsIsAbandonedNotDestroyed) {
  Event never;
  auto held = std::make_shared<int>(0);
  auto& loop = this->runtime_.loop(0);
  this->runtime_.run([&] { return start_forever(loop, never, held); });
  EXPECT_EQ(held.use_count(), 2);
}

TEST(RealLoops, DestroysWhatNeverBegan) {
  auto held = std::make_shared<int>(0);
  Event never;
  {
    auto loops = make_loops(2);
    spawn(loops->at(1), forever(never, held));
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST(RealLoops, TakeWorkFromManyThreadsAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kEach = 5000;
  auto loops = make_loops(1);
  std::thread running([&] { loops->run(); });
  int count = 0;  // the loop's own
  std::vector<std::thread> posters;
  for (int t = 0; t < kThreads; ++t) {
    posters.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        loops->at(0).post([&] {
          if (++count == kThreads * kEach) loops->stop();
        });
      }
    });
  }
  for (auto& poster : posters) poster.join();
  running.join();
  EXPECT_EQ(count, kThreads * kEach);
}

TEST(RealLoopsDeathTest, AnExceptionThatLeavesATaskEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  struct Thrower {
    static task<> run() {
      throw std::logic_error("a defect");
      co_return;
    }
  };
  EXPECT_DEATH(
      {
        auto loops = make_loops(1);
        spawn(loops->at(0), Thrower::run());
        loops->run();
      },
      "a defect");
}

}  // namespace
}  // namespace roost::rt
