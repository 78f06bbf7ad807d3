#include <benchmark/benchmark.h>

#include <atomic>
#include <thread>

#include "rt/loop.h"
#include "rt/pool.h"
#include "rt/real.h"

namespace roost::rt {
namespace {

class Running {
 public:
  explicit Running(size_t count) : loops_(make_loops(count)), thread_([this] { loops_->run(); }) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    loops_->stop();
    thread_.join();
  }
  Loop& at(size_t i) { return loops_->at(i); }

  template <class Make>
  void run(Make make) {
    std::atomic<bool> done = false;
    spawn(at(0), finish(make(), done));
    done.wait(false);
  }

 private:
  static task<> finish(task<> work, std::atomic<bool>& done) {
    co_await std::move(work);
    done = true;
    done.notify_one();
  }
  std::unique_ptr<RealLoops> loops_;
  std::thread thread_;
};

task<> hop_many(Loop& a, Loop& b, int64_t times) {
  for (int64_t i = 0; i < times; ++i) {
    co_await b.hop();
    co_await a.hop();
  }
}

task<> yield_many(Loop& loop, int64_t times) {
  for (int64_t i = 0; i < times; ++i) co_await loop.yield();
}

task<> post_many(Loop& target, int64_t times, int64_t& sum) {
  for (int64_t i = 0; i < times; ++i) target.post([&sum] { ++sum; });
  co_await target.yield();
}

task<> set_timers(Loop& loop, int64_t times) {
  for (int64_t i = 0; i < times; ++i) benchmark::DoNotOptimize(loop.after(Seconds(1800), [] {}));
  co_return;
}

task<int> one() { co_return 1; }

task<> call_many(int64_t times) {
  int sum = 0;
  for (int64_t i = 0; i < times; ++i) sum += co_await one();
  benchmark::DoNotOptimize(sum);
}

constexpr int64_t kBatch = 10'000;

void round_trip_between_loops(benchmark::State& state) {
  Running loops(2);
  for (auto _ : state) loops.run([&] { return hop_many(loops.at(0), loops.at(1), kBatch); });
  state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK(round_trip_between_loops)->UseRealTime();

void yield_on_one_loop(benchmark::State& state) {
  Running loops(1);
  for (auto _ : state) loops.run([&] { return yield_many(loops.at(0), kBatch); });
  state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK(yield_on_one_loop)->UseRealTime();

void post_to_another_loop(benchmark::State& state) {
  Running loops(2);
  int64_t sum = 0;
  for (auto _ : state) loops.run([&] { return post_many(loops.at(1), kBatch, sum); });
  state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK(post_to_another_loop)->UseRealTime();

void start_and_cancel_a_timer(benchmark::State& state) {
  Running loops(1);
  for (auto _ : state) loops.run([&] { return set_timers(loops.at(0), kBatch); });
  state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK(start_and_cancel_a_timer)->UseRealTime();

void call_a_task(benchmark::State& state) {
  Running loops(1);
  for (auto _ : state) loops.run([&] { return call_many(kBatch); });
  state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK(call_a_task)->UseRealTime();

}  // namespace
}  // namespace roost::rt
