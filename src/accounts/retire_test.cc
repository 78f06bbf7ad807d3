// An account that is about to be deleted: nobody opens it, nobody writes to it, and what was under way has ended.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/test_world_test.h"

namespace roost::accounts {
namespace {

struct Retire : testing::Test {
  TestWorld world;
  TestNode& node = world.add_node();

  // Both, as `roost user remove` does it.
  task<Result<>> remove(AccountId id) {
    co_await node.accounts->retire(id);
    co_return co_await node.store->delete_account(id);
  }
  std::vector<AccountId> stored() { return world.wait(node.store->accounts()).value(); }
  size_t blobs() { return world.wait(node.store->list_blobs(AccountId(1), 0, 100)).value().size(); }
};

TEST_F(Retire, RefusesWhoeverHasItAndWhoeverComes) {
  AccountPtr account = world.open(node);
  world.must<mail::Appended>(account, test_append());
  EXPECT_FALSE(account->retired());
  EXPECT_TRUE(world.wait(remove(AccountId(1))));
  EXPECT_TRUE(account->retired());
  EXPECT_EQ(world.wait(account->execute(test_append())).error().code, Code::nonexistent);
  EXPECT_EQ(world.wait(node.accounts->open(AccountId(1))).error().code, Code::nonexistent);
  EXPECT_EQ(world.wait(node.accounts->maintain(AccountId(1))).error().code, Code::nonexistent);
  EXPECT_THAT(stored(), testing::IsEmpty());
  EXPECT_EQ(node.accounts->stats().open, 0U);
  EXPECT_EQ(node.accounts->stats().bytes, 0U);
}

TEST_F(Retire, SaysOfBodiesThatTheAccountIsGoneAndNotThatTheyAreDamaged) {
  AccountPtr account = world.open(node);
  world.must<mail::Appended>(account, test_append());
  mail::SnapshotPtr snapshot = account->snapshot();
  BlobId blob = world.inbox(snapshot).find(Uid(1))->cold.blob;
  EXPECT_TRUE(world.wait(remove(AccountId(1))));
  EXPECT_EQ(world.wait(account->body(blob, {0, 10})).error().code, Code::nonexistent);
  std::vector<store::AccountStore::BlobRange> several = {{blob, {0, 10}}};
  EXPECT_EQ(world.wait(account->bodies(several)).front().error().code, Code::nonexistent);
}

TEST_F(Retire, OfAnAccountThatNobodyHasOpenIsFine) {
  world.must<mail::Appended>(world.open(node), test_append());
  EXPECT_TRUE(world.wait(remove(AccountId(1))));
  EXPECT_TRUE(world.wait(remove(AccountId(2))));
  EXPECT_THAT(stored(), testing::IsEmpty());
}

TEST_F(Retire, LeavesNoBlobOfAnUploadThatGoesOn) {
  AccountPtr account = world.open(node);
  auto upload = world.wait(account->upload(1 << 20)).value();
  ASSERT_TRUE(world.wait(upload->write(test_text("s", 300'000))));
  EXPECT_TRUE(world.wait(remove(AccountId(1))));
  EXPECT_EQ(world.wait(upload->finish()).error().code, Code::nonexistent);
  upload.reset();
  EXPECT_EQ(blobs(), 0U);
}

// Everything that may be under way when the command comes, at every moment of it.
TEST_F(Retire, LeavesNothingWhateverIsUnderWay) {
  for (int head_start = 0; head_start < 12; ++head_start) {
    SCOPED_TRACE(head_start);
    TestWorld world(static_cast<uint64_t>(head_start) + 1);
    TestNode& node = world.add_node({}, {.delay_ms_max = Millis(20)});
    AccountPtr account = world.open(node);
    auto work = [](Accounts* accounts, AccountPtr account) -> task<bool> {
      auto upload = co_await account->upload(1 << 20);
      Result<> written = co_await (*upload)->write(test_text("s", 300'000));
      auto message = co_await (*upload)->finish();
      mail::Append append{std::string("INBOX"), {}};
      if (message) append.messages.push_back(*std::move(message));
      auto appended = co_await account->execute(std::move(append));
      auto maintained = co_await accounts->maintain(AccountId(1));
      co_return written&& appended&& maintained;
    };
    auto removal = [](Accounts* accounts, store::AccountStore* store, Millis after) -> task<bool> {
      co_await rt::Loop::current()->sleep(after);
      co_await accounts->retire(AccountId(1));
      auto deleted = co_await store->delete_account(AccountId(1));
      co_return deleted.has_value();
    };
    std::vector<task<bool>> both;
    both.push_back(work(node.accounts.get(), account));
    both.push_back(removal(node.accounts.get(), node.store.get(), Millis(head_start * 10)));
    std::vector<bool> done = world.wait(rt::gather(std::move(both)));
    EXPECT_TRUE(done[1]);
    EXPECT_THAT(world.wait(node.store->accounts()).value(), testing::IsEmpty());
    EXPECT_EQ(world.wait(node.store->list_blobs(AccountId(1), 0, 100)).value().size(), 0U);
  }
}

}  // namespace
}  // namespace roost::accounts
