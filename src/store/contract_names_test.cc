// The contract's accounts, names, followers and space.
#include <atomic>
#include <set>

#include "store/contract_test.h"

namespace roost::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

constexpr AccountId kAlice{1};
constexpr AccountId kBob{2};
constexpr AccountId kLast{UINT64_MAX};

class NameContract : public Contract {};
ROOST_FOR_EVERY_ENGINE(NameContract);

TEST_P(NameContract, NeverGivesAnAccountIdTwice) {
  std::set<uint64_t> given;
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 0; i < 5; ++i) {
      AccountId id = ok(node(i % 2).new_account_id());
      EXPECT_TRUE(given.insert(id.value).second);
      EXPECT_EQ(commit(0, id, Position(0), "x").outcome, Outcome::ok);
      ok(node().delete_account(id));
    }
    store().reopen();
  }
  EXPECT_FALSE(given.contains(0));
}

TEST_P(NameContract, ListsAccountsWithALogOrACheckpoint) {
  EXPECT_THAT(ok(node().accounts()), IsEmpty());
  fill(AccountId(300), 3);
  fill(kAlice, 1);
  fill(kBob, 1);
  EXPECT_TRUE(ok(node().checkpoint(kBob, Generation(0), {Position(1), "root"}, {})));
  ok(node().trim_history(kBob, Position(1)));
  put({AccountId(7), 1}, "a blob alone is no account");
  EXPECT_THAT(ok(node(1).accounts()), ElementsAre(kAlice, kBob, AccountId(300)));
}

TEST_P(NameContract, DeletesAllOfAnAccountAndNothingElse) {
  for (AccountId account : {kAlice, kBob, kLast}) {
    fill(account, 3);
    std::vector<NewPage> pages = {{PageId(1), "page"}};
    EXPECT_TRUE(ok(node().checkpoint(account, Generation(0), {Position(2), "root"}, pages)));
    put({account, 1}, "small");
    put({account, 2}, noise(300'000, 1));
    ok(node().set_follower("index", account, Position(2)));
  }
  EXPECT_EQ(ok(node().claim_name("login", "alice", "1")), NameOutcome::ok);
  for (AccountId account : {kAlice, kLast}) {
    ok(node().delete_account(account));
    ok(node().delete_account(account));
    Opened opened = ok(node(1).open(account));
    EXPECT_EQ(opened.generation, Generation());
    EXPECT_THAT(opened.root, IsEmpty());
    EXPECT_THAT(opened.tail, IsEmpty());
    EXPECT_THAT(ok(node().list_pages(account)), IsEmpty());
    EXPECT_THAT(ok(node().list_blobs(account, 0, 10)), IsEmpty());
    EXPECT_EQ(code_of(node().get_blob({account, 2}, {0, 1})), Code::corruption);
    EXPECT_EQ(ok(node().follower("index", account)), std::nullopt);
  }
  store().reopen();
  EXPECT_THAT(ok(node().accounts()), ElementsAre(kBob));
  EXPECT_EQ(ok(node().open(kBob)).tail.size(), 1);
  EXPECT_EQ(ok(node().list_blobs(kBob, 0, 10)).size(), 2);
  EXPECT_EQ(ok(node().list_pages(kBob)).size(), 1);
  EXPECT_THAT(ok(node().find_name("login", "alice")), Optional(Bytes("1")));
}

TEST_P(NameContract, BeginsADeletedAccountAnew) {
  fill(kAlice, 3);
  ok(node().delete_account(kAlice));
  EXPECT_EQ(commit(0, kAlice, Position(0), "new").position, Position(1));
  EXPECT_THAT(texts(ok(node().open(kAlice)).tail), ElementsAre("new"));
}

TEST_P(NameContract, GivesANameToOneClaimerOnly) {
  EXPECT_EQ(ok(node(0).claim_name("login", "alice", "one")), NameOutcome::ok);
  EXPECT_EQ(ok(node(1).claim_name("login", "alice", "two")), NameOutcome::taken);
  EXPECT_EQ(ok(node(1).claim_name("group", "alice", "three")), NameOutcome::ok);
  store().reopen();
  EXPECT_THAT(ok(node().find_name("login", "alice")), Optional(Bytes("one")));
  EXPECT_THAT(ok(node().find_name("group", "alice")), Optional(Bytes("three")));
  EXPECT_EQ(ok(node().find_name("login", "bob")), std::nullopt);
}

task<> claim(AccountStore& node, int who, std::atomic<int>& winners) {
  auto outcome = co_await node.claim_name("login", "wanted", std::to_string(who));
  EXPECT_TRUE(outcome.has_value());
  if (outcome && *outcome == NameOutcome::ok) ++winners;
}

TEST_P(NameContract, LetsOneOfManyRacersWin) {
  std::atomic<int> winners = 0;
  std::vector<task<>> racers;
  for (int i = 0; i < 20; ++i) racers.push_back(claim(node(static_cast<size_t>(i) % 2), i, winners));
  store().run(together(std::move(racers)));
  EXPECT_EQ(winners, 1);
  EXPECT_TRUE(ok(node().find_name("login", "wanted")).has_value());
}

TEST_P(NameContract, ReleasesANameForTheNext) {
  EXPECT_EQ(ok(node().release_name("login", "alice")), NameOutcome::absent);
  EXPECT_EQ(ok(node().claim_name("login", "alice", "one")), NameOutcome::ok);
  EXPECT_EQ(ok(node(1).release_name("login", "alice")), NameOutcome::ok);
  EXPECT_EQ(ok(node().claim_name("login", "alice", "two")), NameOutcome::ok);
}

TEST_P(NameContract, UpdatesANameOnlyFromTheExpectedValue) {
  EXPECT_EQ(ok(node().update_name("login", "alice", "", "x")), NameOutcome::absent);
  EXPECT_EQ(ok(node().claim_name("login", "alice", "one")), NameOutcome::ok);
  EXPECT_EQ(ok(node(1).update_name("login", "alice", "zero", "x")), NameOutcome::absent);
  EXPECT_EQ(ok(node(1).update_name("login", "alice", "one", Bytes("two\0", 4))), NameOutcome::ok);
  EXPECT_THAT(ok(node().find_name("login", "alice")), Optional(Bytes("two\0", 4)));
}

TEST_P(NameContract, ListsTheNamesOfASpaceInOrder) {
  for (const char* name : {"b", "a", "", "\xff", "ab"}) {
    EXPECT_EQ(ok(node().claim_name("login", name, name)), NameOutcome::ok);
  }
  EXPECT_EQ(ok(node().claim_name("login2", "z", "")), NameOutcome::ok);
  EXPECT_EQ(ok(node().claim_name("logi", "y", "")), NameOutcome::ok);
  std::vector<std::string> names;
  for (const auto& [name, value] : ok(node(1).list_names("login"))) {
    EXPECT_EQ(name, value);
    names.push_back(name);
  }
  EXPECT_THAT(names, ElementsAre("", "a", "ab", "b", "\xff"));
  EXPECT_THAT(ok(node().list_names("none")), IsEmpty());
}

TEST_P(NameContract, RemembersWhereAFollowerStands) {
  EXPECT_EQ(ok(node().follower("index", kAlice)), std::nullopt);
  ok(node().set_follower("index", kAlice, Position(3)));
  ok(node().set_follower("hooks", kAlice, Position(1)));
  ok(node(1).set_follower("index", kAlice, Position(4)));
  EXPECT_THAT(ok(node().follower("index", kAlice)), Optional(Position(4)));
  EXPECT_THAT(ok(node().follower("hooks", kAlice)), Optional(Position(1)));
  EXPECT_EQ(ok(node().follower("index", kBob)), std::nullopt);
  store().reopen();
  EXPECT_THAT(ok(node().follower("index", kAlice)), Optional(Position(4)));
}

TEST_P(NameContract, KnowsItsSpace) {
  Space space = ok(node().space());
  EXPECT_GT(space.total_bytes, 0);
  EXPECT_LE(space.free_bytes, space.total_bytes);
}

}  // namespace
}  // namespace roost::store
