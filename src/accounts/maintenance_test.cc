#include "accounts/maintenance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/test_world_test.h"

namespace roost::accounts {
namespace {

using mail::Appended;
using testing::IsEmpty;

constexpr Millis kDay{24 * 3600 * 1000};

struct Fixture : testing::Test {
  AccountsConfig config;
  TestWorld world{7};

  std::vector<Bytes> cards(const AccountPtr& account, const std::string& name = "INBOX") {
    auto id = account->snapshot()->find(name)->id();
    auto loaded = world.wait(account->load(id));
    std::vector<mail::Cold> rows;
    auto mailbox = *(*loaded)->find(id);
    mailbox.for_each(Uid(1), Uid(UINT32_MAX), [&](const mail::Cold& cold, const mail::Hot&) {
      rows.push_back(cold);
      return true;
    });
    auto read = world.wait(account->cards(rows));
    std::vector<Bytes> out;
    for (auto& card : *read) out.push_back(*card);
    return out;
  }
};

TEST_F(Fixture, ACheckpointIsTheSameAccount) {
  TestNode& node = world.add_node();
  AccountPtr account = world.open(node);
  for (int i = 0; i < 50; ++i) world.must<Appended>(account, test_append());
  world.must<mail::Created>(account, mail::CreateMailbox{"Box/Sub", {}});
  auto before = cards(account);
  ASSERT_TRUE(world.wait(node.accounts->maintain(AccountId(1))));
  EXPECT_EQ(node.accounts->stats().checkpoints, 1U);
  EXPECT_EQ(cards(account), before);
  EXPECT_THAT(check(account, world), IsEmpty());
  // Another node starts from the checkpoint.
  TestNode& other = world.add_node();
  AccountPtr reopened = world.open(other);
  EXPECT_EQ(reopened->snapshot()->position(), account->snapshot()->position());
  EXPECT_EQ(cards(reopened), before);
  EXPECT_THAT(check(reopened, world), IsEmpty());
}

TEST_F(Fixture, NothingIsWrittenWhereNothingChanged) {
  TestNode& node = world.add_node();
  AccountPtr account = world.open(node);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(world.wait(node.accounts->maintain(AccountId(1))));
  EXPECT_EQ(node.accounts->stats().checkpoints, 1U);
}

TEST_F(Fixture, ALongTailIsCheckpointedOfItself) {
  config.tail_records_max = 20;
  TestNode& node = world.add_node(config);
  AccountPtr account = world.open(node);
  for (int i = 0; i < 100; ++i) world.must<Appended>(account, test_append());
  world.sim->run_for(Millis(1'000));
  EXPECT_GE(node.accounts->stats().checkpoints, 2U);
  EXPECT_LE(node.accounts->stats().checkpoints, 6U);
  auto opened = world.wait(node.store->open(AccountId(1)));
  EXPECT_LE(opened->tail.size(), 21U);
  EXPECT_THAT(check(account, world), IsEmpty());
}

TEST_F(Fixture, WhatIsCommittedWhileACheckpointIsMadeIsNotLost) {
  config.tail_records_max = 5;
  TestNode& node = world.add_node(config, {.delay_ms_max = Millis(30)});
  AccountPtr account = world.open(node);
  std::vector<task<Result<mail::OperationResult>>> work;
  for (int i = 0; i < 300; ++i) {
    work.push_back([](AccountPtr a, int wait) -> task<Result<mail::OperationResult>> {
      co_await rt::Loop::current()->sleep(Millis(wait));
      co_return co_await a->execute(test_append());
    }(account, i * 5));
  }
  auto results = world.wait(rt::gather(std::move(work)));
  for (auto& result : results) EXPECT_TRUE(result);
  world.sim->run_for(Millis(2'000));
  EXPECT_GE(node.accounts->stats().checkpoints, 5U);
  EXPECT_EQ(world.inbox(account->snapshot()).messages(), 300U);
  EXPECT_EQ(cards(account).size(), 300U);
  EXPECT_THAT(check(account, world), IsEmpty());
  AccountPtr reopened = world.open(world.add_node());
  EXPECT_EQ(world.inbox(reopened->snapshot()).messages(), 300U);
  EXPECT_THAT(check(reopened, world), IsEmpty());
}

TEST_F(Fixture, TwoNodesMakeCheckpointsOfOneAccount) {
  config.tail_records_max = 5;
  for (int i = 0; i < 2; ++i) world.add_node(config, {.seed = uint64_t(i + 1), .delay_ms_max = Millis(20)});
  std::vector<AccountPtr> accounts{world.open(world.nodes[0]), world.open(world.nodes[1])};
  std::vector<task<Result<mail::OperationResult>>> work;
  for (int i = 0; i < 200; ++i) {
    work.push_back([](AccountPtr a, int wait) -> task<Result<mail::OperationResult>> {
      co_await rt::Loop::current()->sleep(Millis(wait));
      co_return co_await a->execute(test_append());
    }(accounts[i % 2], i * 7));
  }
  auto results = world.wait(rt::gather(std::move(work)));
  for (auto& result : results) EXPECT_TRUE(result);
  world.sim->run_for(Millis(40'000));
  for (auto& account : accounts) {
    EXPECT_EQ(world.inbox(account->snapshot()).messages(), 200U);
    EXPECT_THAT(check(account, world), IsEmpty());
    EXPECT_EQ(cards(account).size(), 200U);
  }
}

TEST_F(Fixture, PagesThatNoCheckpointNamesAreDeletedAfterAGraceTime) {
  TestNode& node = world.add_node();
  AccountPtr account = world.open(node);
  for (int i = 0; i < 10; ++i) {
    world.must<Appended>(account, test_append());
    ASSERT_TRUE(world.wait(node.accounts->maintain(AccountId(1))));
  }
  auto stored = world.wait(node.store->list_pages(AccountId(1)));
  auto named = mail::checkpoint_pages(*account->snapshot()).pages;
  EXPECT_GT(stored->size(), named.size());
  world.sim->run_for(Millis(3'700'000));
  ASSERT_TRUE(world.wait(node.accounts->maintain(AccountId(1))));
  world.sim->run_for(Millis(3'700'000));
  ASSERT_TRUE(world.wait(node.accounts->maintain(AccountId(1))));
  stored = world.wait(node.store->list_pages(AccountId(1)));
  std::ranges::sort(*stored);
  EXPECT_EQ(*stored, named);
  EXPECT_THAT(check(account, world), IsEmpty());
}

TEST_F(Fixture, HistoryAndDeadBodiesGoAfterTheRetentionTime) {
  TestNode& node = world.add_node();
  AccountPtr account = world.open(node);
  auto appended = world.must<Appended>(account, test_append("INBOX", 3));
  world.must<mail::Stored>(
      account, mail::Store{appended.mailbox, UidSet::single(Uid(2)), mail::StoreHow::add, SystemFlag::deleted});
  world.must<mail::Expunged>(account, mail::Expunge{appended.mailbox, {}});
  ASSERT_TRUE(world.wait(node.accounts->maintain(AccountId(1))));
  EXPECT_EQ(world.wait(node.store->list_blobs(AccountId(1), 0, 100))->size(), 3U);
  EXPECT_EQ(world.wait(node.store->history(AccountId(1), Position(), 1 << 20))->size(), 4U);
  world.sim->run_for(13 * kDay);
  ASSERT_TRUE(world.wait(node.accounts->maintain(AccountId(1))));
  EXPECT_EQ(node.accounts->stats().collected_blobs, 0U);
  // The walk over all accounts does it.
  world.sim->run_for(2 * kDay);
  EXPECT_EQ(node.accounts->stats().collected_blobs, 1U);
  EXPECT_EQ(world.wait(node.store->list_blobs(AccountId(1), 0, 100))->size(), 2U);
  EXPECT_THAT(*world.wait(node.store->history(AccountId(1), Position(), 1 << 20)), IsEmpty());
  EXPECT_THAT(check(account, world), IsEmpty());
}

TEST_F(Fixture, AnUploadThatNeverWasCommittedIsCollected) {
  TestNode& node = world.add_node();
  AccountPtr account = world.open(node);
  auto receive = [](AccountPtr a) -> task<Result<mail::NewMessage>> {
    auto upload = co_await a->upload(1 << 20);
    ROOST_CO_TRY_VOID(co_await (*upload)->write(test_text("large", 300'000)));
    co_return co_await (*upload)->finish();
  };
  ASSERT_TRUE(world.wait(receive(account)));
  auto used = world.wait(receive(account));
  mail::Append append{std::string("INBOX"), {}};
  append.messages.push_back(*used);
  world.must<Appended>(account, append);
  EXPECT_EQ(world.wait(node.store->list_blobs(AccountId(1), 0, 100))->size(), 2U);
  world.sim->run_for(3 * kDay);
  EXPECT_EQ(world.wait(node.store->list_blobs(AccountId(1), 0, 100))->size(), 1U);
  EXPECT_TRUE(world.wait(account->body(used->blob, {0, 100})));
}

// The other node has looked at the log before, and only has to look at what came since.
TEST_F(Fixture, WhatACrashedNodeForgotAnotherDeletes) {
  config.retention_seconds = 2;
  uint64_t crashes = 0;
  for (uint64_t step = 1; step < 40; ++step) {
    TestWorld fresh(step);
    TestNode other = std::move(fresh.add_node(config));
    AccountPtr elsewhere = fresh.open(other);
    auto appended = fresh.must<Appended>(elsewhere, test_append("INBOX", 3));
    ASSERT_TRUE(fresh.wait(other.accounts->maintain(AccountId(1))));
    fresh.must<mail::Stored>(
        elsewhere, mail::Store{appended.mailbox, UidSet::single(Uid(2)), mail::StoreHow::add, SystemFlag::deleted});
    fresh.must<mail::Expunged>(elsewhere, mail::Expunge{appended.mailbox, {}});
    fresh.sim->run_for(Millis(5'000));
    TestNode& crashing = fresh.add_node(config);
    AccountPtr account = fresh.open(crashing);
    crashing.store->set_faults({.crash_at_step = step});
    (void)fresh.wait(crashing.accounts->maintain(AccountId(1)));
    crashes += crashing.store->crashed() ? 1 : 0;
    fresh.sim->run_for(Millis(40'000));
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(fresh.wait(other.accounts->maintain(AccountId(1))));
    EXPECT_EQ(fresh.wait(other.store->list_blobs(AccountId(1), 0, 100))->size(), 2U) << "crash at step " << step;
    fresh.stop(other);
  }
  EXPECT_GT(crashes, 10U);
}

TEST_F(Fixture, AFailedCheckpointIsTriedAgain) {
  config.tail_records_max = 5;
  TestNode& node = world.add_node(config);
  AccountPtr account = world.open(node);
  for (uint64_t seed = 1; seed < 5; ++seed) {
    node.store->set_faults({.seed = seed, .unavailable_permille = 300});
    for (int i = 0; i < 20; ++i) (void)world.wait(account->execute(test_append()));
    world.sim->run_for(Millis(20'000));
  }
  node.store->set_faults({});
  world.must<Appended>(account, test_append());
  world.sim->run_for(Millis(60'000));
  EXPECT_THAT(check(account, world), IsEmpty());
  EXPECT_LE(world.wait(node.store->open(AccountId(1)))->tail.size(), 6U);
}

}  // namespace
}  // namespace roost::accounts
