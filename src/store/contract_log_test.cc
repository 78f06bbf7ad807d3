// The contract's log.
#include <algorithm>
#include <atomic>

#include "store/contract_test.h"

namespace roost::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr AccountId kAlice{1};
constexpr AccountId kBob{2};

class LogContract : public Contract {};
ROOST_FOR_EVERY_ENGINE(LogContract);

TEST_P(LogContract, OpensAnUnknownAccountEmpty) {
  Opened opened = ok(node().open(kAlice));
  EXPECT_EQ(opened.generation, Generation());
  EXPECT_EQ(opened.root_position, Position());
  EXPECT_THAT(opened.root, IsEmpty());
  EXPECT_THAT(opened.tail, IsEmpty());
}

TEST_P(LogContract, GivesBackWhatWasCommittedInItsOrder) {
  CommitId id{7, 7, 7};
  Committed first = commit(0, kAlice, Position(0), "one", id);
  EXPECT_EQ(first.outcome, Outcome::ok);
  EXPECT_EQ(first.position, Position(1));
  EXPECT_EQ(commit(0, kAlice, Position(1), "").position, Position(2));
  Opened opened = ok(node(1).open(kAlice));
  EXPECT_THAT(texts(opened.tail), ElementsAre("one", ""));
  EXPECT_EQ(opened.tail[0].position, Position(1));
  EXPECT_EQ(opened.tail[0].commit_id, id);
  EXPECT_EQ(opened.tail[1].position, Position(2));
}

TEST_P(LogContract, KeepsAccountsApart) {
  EXPECT_EQ(commit(0, kAlice, Position(0), "alice").outcome, Outcome::ok);
  EXPECT_EQ(commit(0, kBob, Position(0), "bob").outcome, Outcome::ok);
  EXPECT_THAT(texts(ok(node().open(kAlice)).tail), ElementsAre("alice"));
  EXPECT_THAT(texts(ok(node().open(kBob)).tail), ElementsAre("bob"));
}

TEST_P(LogContract, KeepsRecordsOfAnyBytesAndSize) {
  Bytes large = noise(3 << 20, 1);
  EXPECT_EQ(commit(0, kAlice, Position(0), Bytes("\0\r\n\xff", 4)).outcome, Outcome::ok);
  EXPECT_EQ(commit(0, kAlice, Position(1), large).outcome, Outcome::ok);
  store().reopen();
  Opened opened = ok(node().open(kAlice));
  ASSERT_EQ(opened.tail.size(), 2);
  EXPECT_EQ(opened.tail[0].record, Bytes("\0\r\n\xff", 4));
  EXPECT_TRUE(opened.tail[1].record == large);
}

TEST_P(LogContract, RefusesACommitOnAnOldPositionAndGivesWhatItMissed) {
  fill(kAlice, 3);
  Committed late = commit(1, kAlice, Position(1), "late");
  EXPECT_EQ(late.outcome, Outcome::conflict);
  ASSERT_THAT(texts(late.missed), ElementsAre("2", "3"));
  EXPECT_EQ(late.missed[0].position, Position(2));
  EXPECT_EQ(ok(node().open(kAlice)).tail.size(), 3);
}

TEST_P(LogContract, RefusesACommitOnAPositionThatIsNotThereYet) {
  fill(kAlice, 1);
  EXPECT_EQ(commit(0, kAlice, Position(2), "early").outcome, Outcome::conflict);
  EXPECT_THAT(texts(ok(node().open(kAlice)).tail), ElementsAre("1"));
}

TEST_P(LogContract, StoresNothingOfARefusedCommit) {
  fill(kAlice, 1);
  BlobId blob{kAlice, 9};
  Committed refused = wait(node().commit(kAlice, Commit{Position(0), {}, "x", {{blob, "body"}}}));
  EXPECT_EQ(refused.outcome, Outcome::conflict);
  EXPECT_EQ(code_of(node().get_blob(blob, {0, 10})), Code::corruption);
}

TEST_P(LogContract, SaysToReopenWhereTheMissedRecordsWereTrimmed) {
  fill(kAlice, 3);
  EXPECT_TRUE(ok(node().checkpoint(kAlice, Generation(0), {Position(2), "root"}, {})));
  ok(node().trim_history(kAlice, Position(2)));
  Committed late = commit(1, kAlice, Position(1), "late");
  EXPECT_EQ(late.outcome, Outcome::conflict);
  EXPECT_THAT(late.missed, IsEmpty());
}

// Appends its name until it has done so often enough, from wherever the other one left the log.
task<> race(AccountStore& node, int commits, uint8_t name, std::atomic<int>& conflicts) {
  Position at;
  for (int done = 0; done < commits;) {
    Committed c = co_await node.commit(kAlice, Commit{at, CommitId{name}, std::to_string(name), {}});
    if (c.outcome == Outcome::ok) {
      at = c.position;
      ++done;
      continue;
    }
    EXPECT_EQ(c.outcome, Outcome::conflict);
    ++conflicts;
    EXPECT_FALSE(c.missed.empty());
    if (c.missed.empty()) co_return;
    EXPECT_EQ(c.missed.front().position, at.next());
    at = c.missed.back().position;
  }
}

TEST_P(LogContract, LetsTwoNodesWriteOneAccount) {
  constexpr int kCommits = 50;
  std::atomic<int> conflicts = 0;
  std::vector<task<>> both;
  both.push_back(race(node(0), kCommits, 0, conflicts));
  both.push_back(race(node(1), kCommits, 1, conflicts));
  store().run(together(std::move(both)));
  Opened opened = ok(node().open(kAlice));
  ASSERT_EQ(opened.tail.size(), 2 * kCommits);
  EXPECT_EQ(std::ranges::count(opened.tail, "1", &LogRecord::record), kCommits);
  EXPECT_GT(conflicts, 0);
}

task<> commit_once(AccountStore& node, AccountId account, std::atomic<int>& stored) {
  std::vector<NewBlob> blobs;
  blobs.push_back({{account, 1}, noise(4096, account.value)});
  Committed c = co_await node.commit(account, Commit{Position(0), {}, "first", std::move(blobs)});
  if (c.outcome == Outcome::ok) ++stored;
}

TEST_P(LogContract, TakesManyCommitsAtOnce) {
  constexpr uint64_t kWriters = 256;
  std::atomic<int> stored = 0;
  std::vector<task<>> all;
  for (uint64_t i = 1; i <= kWriters; ++i) all.push_back(commit_once(node(i % 2), AccountId(i), stored));
  store().run(together(std::move(all)));
  EXPECT_EQ(stored, kWriters);
  store().reopen();
  EXPECT_EQ(ok(node().accounts()).size(), kWriters);
  for (uint64_t i = 1; i <= kWriters; ++i) {
    EXPECT_THAT(texts(ok(node().open(AccountId(i))).tail), ElementsAre("first"));
    EXPECT_TRUE(ok(node().get_blob({AccountId(i), 1}, {0, 4096})) == noise(4096, i));
  }
}

TEST_P(LogContract, GivesTheRecordsSinceAPosition) {
  fill(kAlice, 4);
  Opened since = ok(node(1).since(kAlice, Position(2)));
  EXPECT_FALSE(since.reopen);
  EXPECT_THAT(texts(since.tail), ElementsAre("3", "4"));
  EXPECT_THAT(ok(node(1).since(kAlice, Position(4))).tail, IsEmpty());
  EXPECT_FALSE(ok(node(1).since(kAlice, Position(4))).reopen);
}

TEST_P(LogContract, SaysToReopenWhereSinceIsNoLongerInTheTail) {
  fill(kAlice, 4);
  EXPECT_TRUE(ok(node().checkpoint(kAlice, Generation(0), {Position(3), "root"}, {})));
  EXPECT_TRUE(ok(node(1).since(kAlice, Position(2))).reopen);
  Opened since = ok(node(1).since(kAlice, Position(3)));
  EXPECT_FALSE(since.reopen);
  EXPECT_THAT(texts(since.tail), ElementsAre("4"));
}

TEST_P(LogContract, SaysToReopenWhereTheAccountWasDeletedMeanwhile) {
  fill(kAlice, 2);
  ok(node().delete_account(kAlice));
  EXPECT_TRUE(ok(node(1).since(kAlice, Position(2))).reopen);
  Committed stale = commit(1, kAlice, Position(2), "stale");
  EXPECT_EQ(stale.outcome, Outcome::conflict);
  EXPECT_THAT(stale.missed, IsEmpty());
}

TEST_P(LogContract, FindsTheOutcomeOfAnUnknownCommitByItsId) {
  CommitId id{1, 2, 3};
  EXPECT_EQ(commit(0, kAlice, Position(0), "mine", id).outcome, Outcome::ok);
  store().reopen();
  Opened since = ok(node().since(kAlice, Position(0)));
  ASSERT_EQ(since.tail.size(), 1);
  EXPECT_EQ(since.tail[0].commit_id, id);
}

TEST_P(LogContract, TellsADamagedRecordAndKeepsServingTheRest) {
  Bytes record = noise(40 << 10, 3);  // enough that Bob's lies in another block of the table
  EXPECT_EQ(commit(0, kAlice, Position(0), record).outcome, Outcome::ok);
  EXPECT_EQ(commit(0, kBob, Position(0), "1").outcome, Outcome::ok);
  store().reopen_with_damaged_record(kAlice, Position(1), BytesView(record).substr(20 << 10, 64));
  EXPECT_EQ(code_of(node().open(kAlice)), Code::corruption);
  EXPECT_EQ(ok(node().open(kBob)).tail.size(), 1);
  EXPECT_EQ(commit(0, kBob, Position(1), "2").outcome, Outcome::ok);
}

task<> until(const std::atomic<uint64_t>& seen, uint64_t least) {
  while (seen < least) co_await rt::Loop::current()->sleep(Millis(1));
}

TEST_P(LogContract, HintsAtNewRecordsToEveryNodeThatWatches) {
  std::atomic<uint64_t> seen = 0;
  std::atomic<uint64_t> others = 0;
  auto watch = std::make_unique<Watch>(node(1).watch(kAlice, [&](Position p) { seen = p.value; }));
  Watch other = node(1).watch(kBob, [&](Position) { ++others; });
  fill(kAlice, 2);
  store().run(until(seen, 2));
  EXPECT_EQ(seen, 2);
  watch.reset();
  EXPECT_EQ(commit(0, kAlice, Position(2), "3").outcome, Outcome::ok);
  EXPECT_EQ(commit(0, kBob, Position(0), "1").outcome, Outcome::ok);
  store().run(until(others, 1));
  EXPECT_EQ(seen, 2);
}

}  // namespace
}  // namespace roost::store
