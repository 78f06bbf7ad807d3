// A process that writes is killed, or its disk fails, again and again: what it acknowledged is there.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <random>

#include "store/rocksdb/engine.h"
#include "store/rocksdb/power_cut_layers_test.h"
#include "store/rocksdb/rounds_test.h"
#include "store/rocksdb/scratch_test.h"
#include "store/rocksdb/workload_test.h"

namespace roost::store {
namespace {

constexpr int kEventDescriptor = 99;     // of the child, which does not print there
constexpr uint64_t kEventsMax = 10'000;  // of a child that should have ended long before
constexpr size_t kEventsAfterStartMax = 1500;
using SyncFaults = PowerCutDisk::SyncFaults;

// What the child is to do, in its environment.
struct Orders {
  std::string directory;
  std::string image;          // where the disk is copied to when its syncs begin to fail
  uint64_t fail_at_step = 0;  // 0: never
  bool fail_once = false;     // else for ever
  uint64_t seed = 0;

  void give() const {  // NOLINTBEGIN(concurrency-mt-unsafe): in the child, which has one thread
    ::setenv("ROOST_CRASH_DIRECTORY", directory.c_str(), 1);
    ::setenv("ROOST_CRASH_IMAGE", image.c_str(), 1);
    ::setenv("ROOST_CRASH_NUMBERS",
             (std::to_string(fail_at_step) + " " + std::to_string(int{fail_once}) + " " + std::to_string(seed)).c_str(),
             1);
  }
  static std::optional<Orders> take() {
    if (std::getenv("ROOST_CRASH_DIRECTORY") == nullptr) return std::nullopt;
    Orders orders{std::getenv("ROOST_CRASH_DIRECTORY"), std::getenv("ROOST_CRASH_IMAGE")};
    std::istringstream numbers(std::getenv("ROOST_CRASH_NUMBERS"));
    numbers >> orders.fail_at_step >> orders.fail_once >> orders.seed;
    return orders;
  }  // NOLINTEND(concurrency-mt-unsafe)
};

// Small enough that a pipe never tears it.
void tell_parent(const Event& event) {
  if (::write(kEventDescriptor, &event, sizeof event) != sizeof event) std::abort();
}

// Not a test: the process that is killed.
TEST(CrashChild, DISABLED_WritesUntilItEnds) {
  auto orders = Orders::take();
  if (!orders) GTEST_SKIP();
  RealRuntime runtime;
  PowerCutDisk disk(orders->directory, orders->seed);
  PowerCutLayers layers(disk);
  std::mutex telling;
  disk.at_step(orders->fail_at_step, [&] {
    std::lock_guard lock(telling);
    disk.cut(orders->image, orders->fail_once ? SyncFaults::one : SyncFaults::all);
  });
  EngineSeams seams;
  if (orders->fail_at_step != 0) seams = layers.seams();
  auto engine = Engine::open(tiny_config(orders->directory), runtime.pool(), seams);
  if (!engine) std::abort();
  auto node = make_node(*engine);
  auto other = make_node(*engine);
  std::atomic<bool> stop = false;
  auto tell = [&](const Event& event) {
    std::lock_guard lock(telling);
    tell_parent(event);
  };
  runtime.run(write_all(*node, *other, stop, orders->seed, tell));
}

// The program itself, running the child above with its events in a pipe. Threads do not survive a fork.
class Child {
 public:
  explicit Child(const Orders& orders) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], kEventDescriptor);
      ::close(ends[0]);
      ::close(ends[1]);
      orders.give();
      ::execl("/proc/self/exe", "store_test", "--gtest_filter=CrashChild.*", "--gtest_also_run_disabled_tests",
              "--gtest_brief=1", nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ends[0];
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { ::close(output_); }

  // Notes up to `count` events, fewer at its end; how many of them were acknowledgements.
  uint64_t note(StoreModel& model, uint64_t count) {
    uint64_t done = 0;
    for (Event event; count > 0 && read(event); --count) {
      model.note(event);
      if (event.step == Event::Step::done) ++done;
    }
    return done;
  }
  // Kills it if it still runs; how it ended.
  int end() {
    ::kill(pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  }
  // What it ended by itself with.
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  }
  bool ended() const { return ended_; }

 private:
  bool read(Event& event) {
    size_t have = 0;
    while (have < sizeof event) {
      ssize_t n = ::read(output_, reinterpret_cast<char*>(&event) + have, sizeof event - have);
      if (n <= 0) {
        ended_ = true;
        return false;
      }
      have += static_cast<size_t>(n);
    }
    return true;
  }

  pid_t pid_ = -1;
  int output_ = -1;
  bool ended_ = false;
};

TEST(Crash, LosesNothingThatWasAcknowledged) {
  Rounds rounds;
  std::mt19937_64 random(rounds.seed);
  ScratchDirectory scratch;
  RealRuntime runtime;
  StoreModel model;
  uint64_t operations = 0;
  int round = 0;
  for (; round < rounds.count && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round + 1) + " of ROOST_SEED=" + std::to_string(rounds.seed));
    Child child({scratch.path() + "/store", "", 0, false, random()});
    operations += child.note(model, 1 + random() % kEventsAfterStartMax);
    EXPECT_EQ(child.end(), SIGKILL);
    operations += child.note(model, UINT64_MAX);
    verify(runtime, scratch.path() + "/store", model);
  }
  EXPECT_FALSE(model.empty());
  std::cout << round << " kills, " << operations << " operations acknowledged, seed " << rounds.seed << "\n";
}

// A disk on which no sync succeeds any more, seen as it was when that began: whatever was acknowledged before or after
// is there, and the process has ended by itself.
TEST(FailedSync, EndsTheProcessAndNothingIsAcknowledgedAfterIt) {
  Rounds rounds;
  std::mt19937_64 random(rounds.seed);
  ScratchDirectory scratch;
  RealRuntime runtime;
  StoreModel model;
  uint64_t operations = 0;
  auto directory = [&](int round) { return scratch.path() + "/" + std::to_string(round); };
  int round = 0;
  for (; round < rounds.count && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round + 1) + " of ROOST_SEED=" + std::to_string(rounds.seed));
    bool once = random() % 2 == 0;
    Child child({directory(round), directory(round + 1), 1 + random() % (round % 3 == 0 ? 80 : 1500), once, random()});
    operations += child.note(model, kEventsMax);
    EXPECT_TRUE(child.ended()) << "it goes on after a failed sync";
    EXPECT_EQ(child.ended() ? child.wait() : child.end(), SIGABRT);
    // The kernel may forget what it could not sync; where only one sync failed, all else is there.
    if (once) {
      std::filesystem::remove_all(directory(round + 1));
      std::filesystem::rename(directory(round), directory(round + 1));
    }
    verify(runtime, directory(round + 1), model);
    std::filesystem::remove_all(directory(round));
  }
  std::cout << round << " failed syncs, " << operations << " operations acknowledged, seed " << rounds.seed << "\n";
}

}  // namespace
}  // namespace roost::store
