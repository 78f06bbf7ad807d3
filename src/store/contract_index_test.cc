// The contract's search index.
#include "store/contract_test.h"
#include "store/index_store.h"

namespace roost::store {
namespace {

using testing::ElementsAre;
using testing::Optional;

constexpr AccountId kAlice{1};
constexpr AccountId kBob{2};

class IndexContract : public Contract {
 protected:
  IndexStore& index(size_t number = 0) { return dynamic_cast<IndexStore&>(node(number)); }

  static IndexChange change(uint64_t expect, uint64_t tag, Bytes root, std::vector<NewPage> pages = {},
                            std::vector<PageId> dropped = {}) {
    return {expect, tag, std::move(root), std::move(pages), std::move(dropped), {}};
  }
  std::vector<std::optional<Bytes>> pages(AccountId account, std::vector<uint64_t> ids) {
    std::vector<PageId> wanted;
    for (uint64_t id : ids) wanted.emplace_back(id);
    return ok(index().get_index_pages(account, std::move(wanted)));
  }
};
ROOST_FOR_EVERY_ENGINE(IndexContract);

TEST_P(IndexContract, IsThereOnceItIsMade) {
  EXPECT_EQ(ok(index().read_index(kAlice)).tag, 0);
  EXPECT_TRUE(ok(index().change_index(kAlice, change(0, 7, "root", {{PageId(1), "one"}, {PageId(2), "two"}}))));
  store().reopen();
  IndexHead head = ok(index().read_index(kAlice));
  EXPECT_EQ(head.tag, 7);
  EXPECT_EQ(head.root, "root");
  EXPECT_THAT(pages(kAlice, {2, 9, 1}), ElementsAre(Optional(Bytes("two")), std::nullopt, Optional(Bytes("one"))));
  EXPECT_THAT(pages(kBob, {1}), ElementsAre(std::nullopt));
}

TEST_P(IndexContract, ChangesOnlyWhatTheCallerKnows) {
  EXPECT_TRUE(ok(index(0).change_index(kAlice, change(0, 7, "first", {{PageId(1), "one"}}))));
  EXPECT_FALSE(ok(index(1).change_index(kAlice, change(0, 8, "second", {{PageId(2), "two"}}, {PageId(1)}))));
  EXPECT_EQ(ok(index().read_index(kAlice)).root, "first");
  EXPECT_THAT(pages(kAlice, {1, 2}), ElementsAre(Optional(Bytes("one")), std::nullopt));
  EXPECT_TRUE(ok(index(1).change_index(kAlice, change(7, 9, "third", {{PageId(3), "three"}}, {PageId(1)}))));
  EXPECT_THAT(pages(kAlice, {1, 3}), ElementsAre(std::nullopt, Optional(Bytes("three"))));
}

task<> try_change(IndexStore& index, uint64_t expect, uint64_t tag, int& won) {
  IndexChange change{expect, tag, "root", {}, {}, {}};
  auto done = co_await index.change_index(kAlice, std::move(change));
  EXPECT_TRUE(done.has_value());
  if (done && *done) ++won;
}

TEST_P(IndexContract, LetsOnlyOneOfTwoWinThatComeAtOnce) {
  uint64_t tag = 0;
  for (uint64_t round = 1; round < 10; ++round) {
    int won = 0;
    std::vector<task<>> both;
    both.push_back(try_change(index(0), tag, round * 2, won));
    both.push_back(try_change(index(1), tag, round * 2 + 1, won));
    store().run(together(std::move(both)));
    EXPECT_EQ(won, 1);
    tag = ok(index().read_index(kAlice)).tag;
  }
}

TEST_P(IndexContract, DeletesBodiesWithWhatItHadOfThemOrNotAtAll) {
  put({kAlice, 1}, "small");
  put({kAlice, 2}, noise(300'000, 1));
  put({kAlice, 3}, "stays");
  EXPECT_TRUE(ok(index().change_index(kAlice, change(0, 7, "root", {{PageId(1), "one"}}))));
  IndexChange late = change(0, 8, "late");
  late.dead = {{kAlice, 1}, {kAlice, 2}};
  EXPECT_FALSE(ok(index().change_index(kAlice, late)));
  EXPECT_EQ(ok(node().list_blobs(kAlice, 0, 10)).size(), 3);
  IndexChange due = change(7, 9, "without", {}, {PageId(1)});
  due.dead = late.dead;
  EXPECT_TRUE(ok(index().change_index(kAlice, due)));
  store().reopen();
  auto left = ok(node().list_blobs(kAlice, 0, 10));
  ASSERT_EQ(left.size(), 1);
  EXPECT_EQ(left[0].id.serial, 3);
  EXPECT_EQ(ok(index().read_index(kAlice)).root, "without");
  EXPECT_THAT(pages(kAlice, {1}), ElementsAre(std::nullopt));
}

TEST_P(IndexContract, IsGoneOnceItIsDropped) {
  EXPECT_TRUE(ok(index().change_index(kAlice, change(0, 7, "root", {{PageId(1), "one"}}))));
  EXPECT_TRUE(ok(index().change_index(kBob, change(0, 8, "root", {{PageId(1), "bob's"}}))));
  ok(index().drop_index(kAlice));
  EXPECT_EQ(ok(index().read_index(kAlice)).tag, 0);
  EXPECT_THAT(pages(kAlice, {1}), ElementsAre(std::nullopt));
  EXPECT_THAT(pages(kBob, {1}), ElementsAre(Optional(Bytes("bob's"))));
  EXPECT_FALSE(ok(index().change_index(kAlice, change(7, 9, "late"))));
  ok(index().drop_index(kAlice));
}

TEST_P(IndexContract, GoesWithItsAccount) {
  fill(kAlice, 1);
  EXPECT_TRUE(ok(index().change_index(kAlice, change(0, 7, "root", {{PageId(1), "one"}}))));
  ok(node().delete_account(kAlice));
  EXPECT_EQ(ok(index().read_index(kAlice)).tag, 0);
  EXPECT_THAT(pages(kAlice, {1}), ElementsAre(std::nullopt));
}

}  // namespace
}  // namespace roost::store
