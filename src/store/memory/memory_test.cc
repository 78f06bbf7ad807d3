// The memory engine's faults; what it must do without them is in the contract.
#include "store/memory/memory.h"

#include <gtest/gtest.h>

#include <optional>

#include "rt/simulated.h"
#include "store/contract_test.h"

namespace roost::store {
namespace {

constexpr AccountId kAlice{1};
constexpr BlobId kBlob{kAlice, 1};

class MemoryFaults : public testing::Test {
 protected:
  template <class T>
  T wait(task<T> work) {
    return simulation_->wait(std::move(work));
  }
  Committed commit(MemoryStore& node, uint64_t at, Bytes record = "r") {
    return wait(node.commit(kAlice, Commit{Position(at), {}, std::move(record), {}}));
  }
  size_t stored() { return wait(observer_->open(kAlice)).value().tail.size(); }

  std::unique_ptr<rt::Simulation> simulation_ = rt::make_simulation(1);
  MemoryDisk disk_;
  std::unique_ptr<MemoryStore> observer_ = disk_.attach();
};

TEST_F(MemoryFaults, ConflictsWithNobody) {
  auto node = disk_.attach({.conflict_permille = 1000});
  Committed done = commit(*node, 0);
  EXPECT_EQ(done.outcome, Outcome::conflict);
  EXPECT_TRUE(done.missed.empty());
  EXPECT_EQ(stored(), 0);
}

TEST_F(MemoryFaults, LeavesItUnknownWhetherACommitWasStored) {
  EXPECT_EQ(commit(*disk_.attach({.unknown_not_stored_permille = 1000}), 0).outcome, Outcome::unknown);
  EXPECT_EQ(stored(), 0);
  EXPECT_EQ(commit(*disk_.attach({.unknown_stored_permille = 1000}), 0).outcome, Outcome::unknown);
  EXPECT_EQ(stored(), 1);
}

TEST_F(MemoryFaults, ResolvesAnUnknownCommitByItsId) {
  CommitId id{5};
  auto node = disk_.attach({.unknown_stored_permille = 1000});
  Committed done = wait(node->commit(kAlice, Commit{Position(0), id, "mine", {}}));
  EXPECT_EQ(done.outcome, Outcome::unknown);
  auto since = wait(node->since(kAlice, Position(0))).value();
  ASSERT_EQ(since.tail.size(), 1);
  EXPECT_EQ(since.tail[0].commit_id, id);
}

TEST_F(MemoryFaults, SaysUnavailableAndDoesNothing) {
  auto node = disk_.attach({.unavailable_permille = 1000});
  EXPECT_EQ(commit(*node, 0).outcome, Outcome::unavailable);
  EXPECT_EQ(wait(node->open(kAlice)).error().code, Code::unavailable);
  EXPECT_EQ(wait(node->get_blobs({{kBlob, {0, 1}}}))[0].error().code, Code::unavailable);
  EXPECT_EQ(stored(), 0);
}

TEST_F(MemoryFaults, TearsABlobForGood) {
  auto node = disk_.attach({.torn_blob_permille = 1000});
  Committed done = wait(node->commit(kAlice, Commit{Position(0), {}, "r", {{kBlob, "body"}}}));
  EXPECT_EQ(done.outcome, Outcome::ok);
  EXPECT_EQ(wait(observer_->get_blob(kBlob, {0, 4})).error().code, Code::corruption);
}

TEST_F(MemoryFaults, RefusesNewDataWhereNothingIsFree) {
  disk_.set_space({0, 100});
  EXPECT_EQ(commit(*observer_, 0).outcome, Outcome::full);
  Committed flags = wait(observer_->commit(kAlice, Commit{Position(0), {}, "flags", {}, false}));
  EXPECT_EQ(flags.outcome, Outcome::ok);
  disk_.set_space({100, 100});
  EXPECT_EQ(commit(*observer_, 1).outcome, Outcome::ok);
}

TEST_F(MemoryFaults, LosesHintsAndGivesThemLate) {
  int hints = 0;
  Watch watch = observer_->watch(kAlice, [&](Position) { ++hints; });
  auto node = disk_.attach({.lost_hint_permille = 1000});
  commit(*node, 0);
  simulation_->run();
  EXPECT_EQ(hints, 0);
  node->set_faults({.hint_delay_ms_max = Millis(1000)});
  TimePoint before = simulation_->clock().now();
  for (uint64_t at = 1; at < 5; ++at) commit(*node, at);
  simulation_->run();
  EXPECT_EQ(hints, 4);
  EXPECT_GT(simulation_->clock().now(), before);
}

TEST_F(MemoryFaults, StopsACrashedNodeButNotTheDisk) {
  int hints = 0;
  auto node = disk_.attach();
  Watch watch = node->watch(kAlice, [&](Position) { ++hints; });
  EXPECT_EQ(commit(*node, 0).outcome, Outcome::ok);
  node->crash();
  EXPECT_TRUE(node->crashed());
  EXPECT_EQ(commit(*node, 1).outcome, Outcome::unavailable);
  EXPECT_EQ(commit(*observer_, 1).outcome, Outcome::ok);
  EXPECT_EQ(hints, 1);
  auto reborn = disk_.attach();
  EXPECT_EQ(wait(reborn->open(kAlice)).value().tail.size(), 2);
}

// What a small server would do between two answers to its client.
task<bool> work(AccountStore& node) {
  auto writer = co_await node.create_blob(kBlob, 10);
  if (!writer) co_return false;
  if (!co_await (*writer)->write("large")) co_return false;
  if (!co_await (*writer)->finish()) co_return false;
  Committed done = co_await node.commit(kAlice, Commit{Position(0), CommitId{1}, "r", {}});
  if (done.outcome != Outcome::ok) co_return false;
  auto kept = co_await node.checkpoint(kAlice, Generation(0), {Position(1), "root"}, {});
  co_return kept && *kept;
}

TEST_F(MemoryFaults, CrashesAtEveryStep) {
  int crashes = 0;
  for (uint64_t step = 1;; ++step) {
    MemoryDisk disk;
    auto node = disk.attach({.crash_at_step = step});
    bool finished = wait(work(*node));
    auto after = disk.attach();
    Opened opened = wait(after->open(kAlice)).value();
    if (finished) {
      EXPECT_EQ(opened.root, "root");
      break;
    }
    ++crashes;
    EXPECT_TRUE(node->crashed());
    // Each is there wholly or not at all, and nothing without what came before it.
    bool committed = !opened.tail.empty() || opened.root_position == Position(1);
    auto blob = wait(after->get_blob(kBlob, {0, 10}));
    if (committed) EXPECT_EQ(blob, "large");
    EXPECT_TRUE(!blob || *blob == "large");
  }
  EXPECT_GE(crashes, 9);
}

TEST_F(MemoryFaults, AreTheSameForTheSameSeed) {
  auto outcomes = [this](uint64_t seed) {
    MemoryDisk disk;
    auto node = disk.attach({.seed = seed, .conflict_permille = 300, .unknown_stored_permille = 300});
    std::vector<Outcome> out;
    for (int i = 0; i < 50; ++i) {
      Position at = wait(disk.attach()->open(kAlice)).value().tail.size() == 0
                        ? Position()
                        : wait(disk.attach()->open(kAlice)).value().tail.back().position;
      out.push_back(wait(node->commit(kAlice, Commit{at, {}, "r", {}})).outcome);
    }
    return out;
  };
  EXPECT_EQ(outcomes(7), outcomes(7));
  EXPECT_NE(outcomes(7), outcomes(8));
}

TEST_F(MemoryFaults, RunsStraightThroughWithoutALoop) {
  std::optional<Committed> done;
  struct Detached {
    struct promise_type {
      Detached get_return_object() { return {}; }
      std::suspend_never initial_suspend() { return {}; }
      std::suspend_never final_suspend() noexcept { return {}; }
      void return_void() {}
      void unhandled_exception() { std::terminate(); }
    };
    static Detached run(MemoryStore& node, std::optional<Committed>& out) {
      out = co_await node.commit(kAlice, Commit{Position(0), {}, "r", {}});
    }
  };
  Detached::run(*observer_, done);
  ASSERT_TRUE(done.has_value());
  EXPECT_EQ(done->outcome, Outcome::ok);
}

}  // namespace
}  // namespace roost::store
