#include "accounts/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/test_world_test.h"

namespace roost::accounts {
namespace {

using mail::Appended;
using testing::IsEmpty;

struct Retention : testing::Test {
  AccountsConfig config;
  TestWorld world{11};

  // Appends one to `mailbox` and expunges it.
  void lose(const AccountPtr& account, const std::string& mailbox = "INBOX") {
    auto appended = world.must<Appended>(account, test_append(mailbox));
    world.must<mail::Stored>(
        account,
        mail::Store{
            appended.mailbox, UidSet::single(appended.first), mail::StoreHow::add, SystemFlag::deleted, {}, {}});
    world.must<mail::Expunged>(account, mail::Expunge{appended.mailbox, {}});
  }
  size_t blobs(TestNode& node) { return world.wait(node.store->list_blobs(AccountId(1), 0, 1000))->size(); }
  uint64_t can_come_back(const AccountPtr& account) {
    mail::Undelete look{{}, mail::Undelete::Which::left_since, 0, true};
    uint64_t messages = 0;
    for (const auto& place : world.must<mail::Undeleted>(account, look).places) messages += place.messages;
    return messages;
  }
  void maintain(TestNode& node) { ASSERT_TRUE(world.wait(node.accounts->maintain(AccountId(1)))); }
};

TEST_F(Retention, KeepsWhatWasExpungedForItsTime) {
  TestNode& node = world.add_node(config);
  AccountPtr account = world.open(node);
  lose(account);
  world.sim->jump_wall(Seconds(13 * 24 * 3600));
  maintain(node);
  EXPECT_EQ(can_come_back(account), 1U);
  world.sim->jump_wall(Seconds(2 * 24 * 3600));
  maintain(node);
  EXPECT_EQ(can_come_back(account), 0U);
  EXPECT_EQ(blobs(node), 0U);
  EXPECT_THAT(check(account, world), IsEmpty());
}

TEST_F(Retention, IsShorterInTheTrash) {
  TestNode& node = world.add_node(config);
  AccountPtr account = world.open(node);
  world.must<mail::Created>(account, mail::CreateMailbox{"Bin", {"Trash"}});
  lose(account, "Bin");
  lose(account);
  world.sim->jump_wall(Seconds(4 * 24 * 3600));
  maintain(node);
  EXPECT_EQ(blobs(node), 1U);
  EXPECT_EQ(can_come_back(account), 1U);
  EXPECT_THAT(check(account, world), IsEmpty());
}

TEST_F(Retention, LetsTheOldestGoWhereItIsTooMuch) {
  config.retained_bytes_min = test_message().size * 2;
  TestNode& node = world.add_node(config);
  AccountPtr account = world.open(node);
  for (int i = 0; i < 5; ++i) {
    lose(account);
    world.sim->jump_wall(Seconds(100));
  }
  maintain(node);
  EXPECT_EQ(blobs(node), 2U);
  EXPECT_EQ(can_come_back(account), 2U);
}

// Its rows are not in memory: another node reads them when the time is over.
TEST_F(Retention, ADamagedPageOfADeletedMailboxHoldsUpNothing) {
  TestNode& first = world.add_node(config);
  AccountPtr account = world.open(first);
  world.must<mail::Created>(account, mail::CreateMailbox{"a", {}});
  world.must<Appended>(account, test_append("a", 3));
  world.must<mail::Done>(account, mail::DeleteMailbox{"a"});
  maintain(first);
  for (PageId page : *world.wait(first.store->list_pages(AccountId(1)))) {
    std::vector<PageId> single(1, page);
    bool rows = (*world.wait(first.store->get_pages(AccountId(1), single)))[0][0] == 'O';
    if (rows) ASSERT_TRUE(world.disk.damage_page(AccountId(1), page));
  }
  Generation before = world.wait(first.store->open(AccountId(1)))->generation;
  account.reset();
  world.stop(first);
  TestNode& node = world.add_node(config);
  account = world.open(node);
  world.sim->jump_wall(Seconds(15 * 24 * 3600));
  world.must<Appended>(account, test_append());
  maintain(node);
  EXPECT_GT(world.wait(node.store->open(AccountId(1)))->generation, before);
  EXPECT_EQ(can_come_back(account), 0U);
  EXPECT_EQ(blobs(node), 1U);
  EXPECT_THAT(check(account, world), IsEmpty());
}

TEST_F(Retention, IsHeldToItsWeightAlsoWhereMuchIsExpungedInAnHour) {
  config.retained_bytes_min = test_message().size * 8;
  TestNode& node = world.add_node(config);
  AccountPtr account = world.open(node);
  world.must<Appended>(account, test_append("INBOX", 4));  // stays
  for (int i = 0; i < 40; ++i) {
    lose(account);
    world.sim->jump_wall(Seconds(2));
    maintain(node);
    EXPECT_LE(can_come_back(account), 8U + 8U / 4 + 1);
  }
  EXPECT_GE(can_come_back(account), 8U);
}

// A checkpoint is made while time is over for what an undelete brings back: the account is the one or the other.
TEST_F(Retention, WhatACheckpointDropsIsNotBroughtBackMeanwhile) {
  world.add_node(config, {.delay_ms_max = Millis(20)});
  int came_back = 0;
  constexpr int kRounds = 60;
  for (int i = 0; i < kRounds; ++i) {
    AccountId id(static_cast<uint64_t>(i) + 1);
    AccountPtr account = world.open(world.nodes[0], id.value);
    lose(account);
    world.sim->jump_wall(Seconds(config.retention_seconds + 1));
    std::vector<task<bool>> work;
    work.push_back([](Accounts* accounts, AccountId maintained, bool purges) -> task<bool> {
      if (purges) co_return (co_await accounts->purge(maintained)).has_value();
      co_return (co_await accounts->maintain(maintained)).has_value();
    }(world.nodes[0].accounts.get(), id, i % 2 == 0));
    work.push_back([](AccountPtr undeleted, int wait) -> task<bool> {
      co_await rt::Loop::current()->sleep(Millis(wait));
      mail::Undelete undelete;
      auto done = co_await undeleted->execute(undelete);
      co_return done && !std::get<mail::Undeleted>(*done).places.empty();
    }(account, i));
    came_back += world.wait(rt::gather(std::move(work)))[1] ? 1 : 0;
    AccountPtr reopened = world.open(world.add_node(config), id.value);
    ASSERT_NE(reopened, nullptr) << i;
    EXPECT_EQ(world.inbox(reopened->snapshot()).messages(), world.inbox(account->snapshot()).messages());
    EXPECT_THAT(check(reopened, world), IsEmpty());
  }
  EXPECT_GT(came_back, 0);
  EXPECT_LT(came_back, kRounds);
}

TEST_F(Retention, APurgeLeavesNothing) {
  TestNode& node = world.add_node(config);
  AccountPtr account = world.open(node);
  world.must<mail::Created>(account, mail::CreateMailbox{"Box", {}});
  world.must<Appended>(account, test_append("Box", 3));
  for (int i = 0; i < 3; ++i) world.must<Appended>(account, test_append());
  lose(account);
  maintain(node);
  world.must<mail::Done>(account, mail::DeleteMailbox{"Box"});
  ASSERT_TRUE(world.wait(node.accounts->purge(AccountId(1))));
  EXPECT_EQ(blobs(node), 3U);
  EXPECT_EQ(can_come_back(account), 0U);
  EXPECT_THAT(*world.wait(node.store->history(AccountId(1), Position(), 1 << 20)), IsEmpty());
  EXPECT_EQ(world.inbox(account->snapshot()).messages(), 3U);
  EXPECT_THAT(check(account, world), IsEmpty());
  ASSERT_TRUE(world.wait(node.accounts->purge(AccountId(1))));  // nothing to do, and no harm
  TestNode& other = world.add_node(config);
  EXPECT_THAT(check(world.open(other), world), IsEmpty());
}

TEST_F(Retention, ShrinksBeforeMailIsRefused) {
  config.retention_free_bytes_min = 1'000'000;
  TestNode& node = world.add_node(config);
  AccountPtr account = world.open(node);
  for (int i = 0; i < 3; ++i) lose(account);
  world.disk.set_space({0, uint64_t{1} << 30});
  auto refused = world.wait(account->execute(test_append()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::limit);
  EXPECT_EQ(blobs(node), 0U) << "all that could go went first";
}

TEST_F(Retention, ADiskThatFillsUpIsNoticed) {
  config.retention_free_bytes_min = 1'000'000;
  TestNode& node = world.add_node(config);
  AccountPtr account = world.open(node);
  lose(account);
  world.sim->jump_wall(Seconds(100));
  world.disk.set_space({500'000, uint64_t{1} << 30});
  world.sim->run_for(Millis(60'000));
  EXPECT_EQ(blobs(node), 0U);
}

TEST_F(Retention, AnAccountThatWasRetiredCanBeOpenedAgain) {
  TestNode& node = world.add_node(config);
  AccountPtr account = world.open(node);
  world.must<Appended>(account, test_append());
  world.wait_void(node.accounts->retire(AccountId(1)));
  EXPECT_FALSE(world.wait(node.accounts->open(AccountId(1))));
  world.wait_void(node.accounts->reinstate(AccountId(1)));
  AccountPtr again = world.open(node);
  EXPECT_TRUE(account->retired());
  EXPECT_EQ(world.inbox(again->snapshot()).messages(), 1U);
}

}  // namespace
}  // namespace roost::accounts
