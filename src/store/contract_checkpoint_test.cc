// The contract's checkpoints, pages and history.
#include "store/contract_test.h"

namespace roost::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr AccountId kAlice{1};

class CheckpointContract : public Contract {};
ROOST_FOR_EVERY_ENGINE(CheckpointContract);

TEST_P(CheckpointContract, KeepsEverythingOverAReopen) {
  fill(kAlice, 3);
  std::vector<NewPage> pages = {{PageId(5), "page five"}};
  EXPECT_TRUE(ok(node().checkpoint(kAlice, Generation(0), {Position(2), "root"}, pages)));
  store().reopen();
  Opened opened = ok(node().open(kAlice));
  EXPECT_EQ(opened.generation, Generation(1));
  EXPECT_EQ(opened.root_position, Position(2));
  EXPECT_EQ(opened.root, "root");
  EXPECT_THAT(texts(opened.tail), ElementsAre("3"));
  EXPECT_EQ(commit(1, kAlice, Position(3), "4").outcome, Outcome::ok);
}

TEST_P(CheckpointContract, LetsOnlyOneOfTwoWin) {
  fill(kAlice, 2);
  std::vector<NewPage> won = {{PageId(1), "won"}};
  std::vector<NewPage> lost = {{PageId(1), "lost"}, {PageId(2), "lost"}};
  EXPECT_TRUE(ok(node(0).checkpoint(kAlice, Generation(0), {Position(1), "first"}, won)));
  EXPECT_FALSE(ok(node(1).checkpoint(kAlice, Generation(0), {Position(2), "second"}, lost)));
  std::vector<PageId> ids = {PageId(1)};
  EXPECT_THAT(ok(node().get_pages(kAlice, ids)), ElementsAre("won"));
  EXPECT_THAT(ok(node().list_pages(kAlice)), ElementsAre(PageId(1)));
  EXPECT_EQ(ok(node().open(kAlice)).root, "first");
  EXPECT_TRUE(ok(node(1).checkpoint(kAlice, Generation(1), {Position(2), "second"}, {})));
}

task<> try_checkpoint(AccountStore& node, Generation expect, int& won) {
  auto done = co_await node.checkpoint(kAlice, expect, {Position(1), "root"}, {});
  EXPECT_TRUE(done.has_value());
  if (done && *done) ++won;
}

TEST_P(CheckpointContract, LetsOnlyOneOfTwoWinThatComeAtOnce) {
  fill(kAlice, 1);
  for (uint64_t generation = 0; generation < 10; ++generation) {
    int won = 0;
    std::vector<task<>> both;
    both.push_back(try_checkpoint(node(0), Generation(generation), won));
    both.push_back(try_checkpoint(node(1), Generation(generation), won));
    store().run(together(std::move(both)));
    EXPECT_EQ(won, 1);
  }
}

TEST_P(CheckpointContract, IsRefusedBeyondTheLogOrBehindTheLast) {
  fill(kAlice, 2);
  EXPECT_NE(code_of(node().checkpoint(kAlice, Generation(0), {Position(3), "beyond"}, {})), Code::none);
  EXPECT_TRUE(ok(node().checkpoint(kAlice, Generation(0), {Position(2), "root"}, {})));
  EXPECT_NE(code_of(node().checkpoint(kAlice, Generation(1), {Position(1), "behind"}, {})), Code::none);
}

TEST_P(CheckpointContract, OfTheWholeLogLetsItGoOn) {
  fill(kAlice, 2);
  EXPECT_TRUE(ok(node().checkpoint(kAlice, Generation(0), {Position(2), "root"}, {})));
  ok(node().trim_history(kAlice, Position(2)));
  store().reopen();
  EXPECT_EQ(commit(0, kAlice, Position(2), "3").position, Position(3));
  EXPECT_THAT(texts(ok(node().open(kAlice)).tail), ElementsAre("3"));
  ok(node().trim_history(kAlice, Position(2)));
  store().reopen();
  EXPECT_THAT(texts(ok(node().open(kAlice)).tail), ElementsAre("3"));
}

TEST_P(CheckpointContract, GivesPagesInTheOrderAskedFor) {
  fill(kAlice, 1);
  std::vector<NewPage> pages;
  for (uint64_t i = 1; i <= 20; ++i) pages.push_back({PageId(i), noise(64 << 10, i)});
  EXPECT_TRUE(ok(node().checkpoint(kAlice, Generation(0), {Position(1), "root"}, pages)));
  store().reopen();
  std::vector<PageId> ids = {PageId(20), PageId(3), PageId(3), PageId(1)};
  auto got = ok(node(1).get_pages(kAlice, ids));
  ASSERT_EQ(got.size(), 4);
  EXPECT_TRUE(got[0] == noise(64 << 10, 20));
  EXPECT_TRUE(got[1] == noise(64 << 10, 3));
  EXPECT_TRUE(got[2] == got[1]);
  EXPECT_TRUE(got[3] == noise(64 << 10, 1));
}

TEST_P(CheckpointContract, CallsAMissingPageDamage) {
  std::vector<PageId> ids = {PageId(1)};
  EXPECT_EQ(code_of(node().get_pages(kAlice, ids)), Code::corruption);
}

TEST_P(CheckpointContract, DeletesPagesMoreThanOnce) {
  fill(kAlice, 1);
  std::vector<NewPage> pages = {{PageId(1), "one"}, {PageId(2), "two"}};
  EXPECT_TRUE(ok(node().checkpoint(kAlice, Generation(0), {Position(1), "root"}, pages)));
  std::vector<PageId> gone = {PageId(1), PageId(77)};
  ok(node().delete_pages(kAlice, gone));
  ok(node().delete_pages(kAlice, gone));
  EXPECT_THAT(ok(node().list_pages(kAlice)), ElementsAre(PageId(2)));
}

TEST_P(CheckpointContract, KeepsTheRecordsBelowItAsHistory) {
  fill(kAlice, 5);
  EXPECT_THAT(ok(node().history(kAlice, Position(0), 1 << 20)), IsEmpty());
  EXPECT_TRUE(ok(node().checkpoint(kAlice, Generation(0), {Position(4), "root"}, {})));
  EXPECT_THAT(texts(ok(node().history(kAlice, Position(0), 1 << 20))), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(texts(ok(node().history(kAlice, Position(2), 1 << 20))), ElementsAre("3", "4"));
  EXPECT_THAT(ok(node().history(kAlice, Position(4), 1 << 20)), IsEmpty());
}

TEST_P(CheckpointContract, GivesHistoryInPiecesOfTheSizeAskedFor) {
  for (uint64_t i = 0; i < 4; ++i) commit(0, kAlice, Position(i), Bytes(100, static_cast<char>('a' + i)));
  EXPECT_TRUE(ok(node().checkpoint(kAlice, Generation(0), {Position(4), "root"}, {})));
  EXPECT_EQ(ok(node().history(kAlice, Position(0), 250)).size(), 2);
  EXPECT_EQ(ok(node().history(kAlice, Position(0), 1)).size(), 1);
  EXPECT_EQ(ok(node().history(kAlice, Position(0), 0)).size(), 1);
}

TEST_P(CheckpointContract, TrimsHistoryButNeverTheTail) {
  fill(kAlice, 5);
  ok(node().trim_history(kAlice, Position(5)));
  EXPECT_EQ(ok(node().open(kAlice)).tail.size(), 5);
  EXPECT_TRUE(ok(node().checkpoint(kAlice, Generation(0), {Position(3), "root"}, {})));
  ok(node().trim_history(kAlice, Position(1)));
  EXPECT_THAT(texts(ok(node().history(kAlice, Position(0), 1 << 20))), ElementsAre("2", "3"));
  ok(node().trim_history(kAlice, Position(99)));
  ok(node().trim_history(kAlice, Position(99)));
  EXPECT_THAT(ok(node().history(kAlice, Position(0), 1 << 20)), IsEmpty());
  EXPECT_THAT(texts(ok(node().open(kAlice)).tail), ElementsAre("4", "5"));
}

TEST_P(CheckpointContract, TellsADamagedPageAndKeepsServingTheRest) {
  fill(kAlice, 1);
  std::vector<NewPage> pages = {{PageId(1), noise(40 << 10, 1)}, {PageId(2), noise(40 << 10, 2)}};
  EXPECT_TRUE(ok(node().checkpoint(kAlice, Generation(0), {Position(1), "root"}, pages)));
  store().reopen_with_damaged_page(kAlice, PageId(2), BytesView(pages[1].data).substr(20 << 10, 64));
  std::vector<PageId> damaged = {PageId(2)};
  std::vector<PageId> whole = {PageId(1)};
  EXPECT_EQ(code_of(node().get_pages(kAlice, damaged)), Code::corruption);
  EXPECT_TRUE(ok(node().get_pages(kAlice, whole))[0] == pages[0].data);
}

}  // namespace
}  // namespace roost::store
