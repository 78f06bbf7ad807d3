#include "accounts/accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/test_world_test.h"

namespace roost::accounts {
namespace {

using mail::Append;
using mail::Appended;
using testing::ElementsAre;
using testing::IsEmpty;

class Ear : public Listener {
 public:
  void changed(const mail::Change& change) override { heard.push_back(change); }
  std::vector<mail::Change> heard;
};

TEST(Accounts, ANewAccountHasAnInboxWithAUidvalidityFromTheClock) {
  TestWorld world;
  AccountPtr account = world.open(world.add_node());
  int64_t now = world.sim->clock().wall().seconds;
  EXPECT_EQ(world.inbox(account->snapshot()).uidvalidity().value, static_cast<uint32_t>(now));
}

TEST(Accounts, TwoNodesThatMakeAnAccountAgreeOnItsUidvalidity) {
  TestWorld world(3);
  store::FaultPlan slow{.delay_ms_max = Millis(50)};
  world.add_node({}, slow);
  world.add_node({}, slow);
  std::vector<AccountPtr> opened(2);
  auto open = [](TestNode& node, AccountPtr& out) -> task<> {
    co_await rt::Loop::current()->sleep(Millis(1'500));  // so that the clocks they read differ
    auto account = co_await node.accounts->open(AccountId(1));
    out = *account;
  };
  for (int i = 0; i < 2; ++i) rt::spawn(world.sim->loops().at(i), open(world.nodes[i], opened[i]));
  world.sim->run_for(Millis(5'000));
  ASSERT_TRUE(opened[0] && opened[1]);
  EXPECT_EQ(world.inbox(opened[0]->snapshot()).uidvalidity(), world.inbox(opened[1]->snapshot()).uidvalidity());
}

TEST(Accounts, ShowsWhatAnOperationDidOnceItIsDone) {
  TestWorld world;
  AccountPtr account = world.open(world.add_node());
  auto appended = world.must<Appended>(account, test_append("INBOX", 3));
  EXPECT_EQ(appended.first, Uid(1));
  EXPECT_EQ(world.inbox(account->snapshot()).messages(), 3U);
  auto stored = world.must<mail::Stored>(
      account, mail::Store{appended.mailbox, UidSet{{Uid(1), Uid(2)}}, mail::StoreHow::add, SystemFlag::deleted});
  EXPECT_EQ(stored.changed.count(), 2U);
  auto expunged = world.must<mail::Expunged>(account, mail::Expunge{appended.mailbox, {}});
  EXPECT_EQ(expunged.uids.count(), 2U);
  EXPECT_EQ(world.inbox(account->snapshot()).messages(), 1U);
}

TEST(Accounts, RefusesWhatTheEngineRefuses) {
  TestWorld world;
  AccountPtr account = world.open(world.add_node());
  auto result = world.wait(account->execute(test_append("Nowhere")));
  EXPECT_EQ(result.error().code, Code::try_create);
}

TEST(Accounts, OpensAnAccountOnceForAll) {
  TestWorld world;
  TestNode& node = world.add_node();
  std::vector<task<Result<AccountPtr>>> opens;
  for (int i = 0; i < 10; ++i) opens.push_back(node.accounts->open(AccountId(5)));
  auto accounts = world.wait(rt::gather(std::move(opens)));
  for (auto& account : accounts) EXPECT_EQ(account->get(), accounts[0]->get());
  EXPECT_EQ(node.accounts->stats().open, 1U);
}

TEST(Accounts, CombinesOperationsThatWait) {
  TestWorld world;
  TestNode& node = world.add_node();
  AccountPtr account = world.open(node);
  uint64_t before = node.accounts->stats().commits;
  std::vector<task<Result<mail::OperationResult>>> work;
  for (int i = 0; i < 200; ++i) work.push_back(account->execute(test_append()));
  auto results = world.wait(rt::gather(std::move(work)));
  std::set<Uid> uids;
  for (auto& result : results) uids.insert(std::get<Appended>(*result).first);
  EXPECT_EQ(uids.size(), 200U);
  EXPECT_LE(node.accounts->stats().commits - before, 20U);
  EXPECT_EQ(world.inbox(account->snapshot()).messages(), 200U);
  EXPECT_THAT(check(account, world), IsEmpty());
}

TEST(Accounts, AnOperationInABatchSeesThoseBeforeIt) {
  TestWorld world;
  AccountPtr account = world.open(world.add_node());
  std::vector<task<Result<mail::OperationResult>>> work;
  work.push_back(account->execute(mail::CreateMailbox{"Box", {}}));
  work.push_back(account->execute(test_append("Box")));
  work.push_back(account->execute(mail::CreateMailbox{"Box", {}}));
  work.push_back(account->execute(mail::RenameMailbox{"Box", "Other"}));
  work.push_back(account->execute(test_append("Box")));
  auto results = world.wait(rt::gather(std::move(work)));
  EXPECT_TRUE(results[0] && results[1] && results[3]);
  EXPECT_EQ(results[2].error().code, Code::already_exists);
  EXPECT_EQ(results[4].error().code, Code::try_create);
  EXPECT_EQ(account->snapshot()->find("Other")->messages(), 1U);
}

TEST(Accounts, AnotherNodesCommitsAreFoldedAndTold) {
  TestWorld world;
  world.add_node();
  world.add_node();
  AccountPtr one = world.open(world.nodes[0]);
  AccountPtr two = world.open(world.nodes[1]);
  Ear ear;
  Subscription subscription;
  MailboxId inbox = world.inbox(two->snapshot()).id();
  rt::Loop& loop = world.sim->loops().at(1);
  loop.post([&] { subscription = two->subscribe(loop, inbox, &ear); });
  world.sim->run_for(Millis(10));
  world.must<Appended>(one, test_append());
  world.sim->run_for(Millis(100));
  ASSERT_EQ(ear.heard.size(), 1U);
  EXPECT_EQ(ear.heard[0].after, one->snapshot()->position());
  EXPECT_EQ(ear.heard[0].find(inbox)->appended, UidSet::single(Uid(1)));
  loop.post([&] { subscription = {}; });
  world.sim->run_for(Millis(10));
}

TEST(Accounts, FindsAnotherNodesCommitsThoughHintsAreLost) {
  TestWorld world;
  world.add_node({}, {.lost_hint_permille = 1000});
  world.add_node();
  AccountPtr one = world.open(world.nodes[0]);
  AccountPtr two = world.open(world.nodes[1]);
  world.must<Appended>(one, test_append());
  world.sim->run_for(Millis(29'000));
  EXPECT_EQ(world.inbox(two->snapshot()).messages(), 0U);
  world.sim->run_for(Millis(2'000));
  EXPECT_EQ(world.inbox(two->snapshot()).messages(), 1U);
}

TEST(Accounts, AnIdleAccountIsReadAnewWhenItIsWantedAgain) {
  TestWorld world;
  world.add_node({}, {.lost_hint_permille = 1000});
  world.add_node();
  AccountPtr one = world.open(world.nodes[0]);
  world.open(world.nodes[1]);
  world.sim->run_for(Millis(60'000));
  world.must<Appended>(one, test_append());
  EXPECT_EQ(world.inbox(world.open(world.nodes[1])->snapshot()).messages(), 1U);
}

TEST(Accounts, TellsOnlyOfTheMailboxThatWasAskedFor) {
  TestWorld world;
  AccountPtr account = world.open(world.add_node());
  auto box = world.must<mail::Created>(account, mail::CreateMailbox{"Box", {}}).mailbox;
  Ear of_box;
  Ear of_all;
  std::vector<Subscription> subscriptions;
  rt::Loop& loop = world.sim->loops().at(0);
  loop.post([&] {
    subscriptions.push_back(account->subscribe(loop, box, &of_box));
    subscriptions.push_back(account->subscribe(loop, MailboxId(0), &of_all));
  });
  world.sim->run_for(Millis(10));
  world.must<Appended>(account, test_append("INBOX"));
  world.must<Appended>(account, test_append("Box"));
  world.sim->run_for(Millis(10));
  EXPECT_EQ(of_box.heard.size(), 1U);
  ASSERT_EQ(of_all.heard.size(), 2U);
  EXPECT_EQ(of_all.heard[0].after, of_all.heard[1].before);
  loop.post([&] { subscriptions.clear(); });
  world.sim->run_for(Millis(10));
}

TEST(Accounts, AListenerMayLeaveWhileItIsTold) {
  TestWorld world;
  AccountPtr account = world.open(world.add_node());
  struct Leaver : Listener {
    Subscription mine;
    Subscription* other = nullptr;
    int heard = 0;
    void changed(const mail::Change&) override {
      ++heard;
      mine = {};
      *other = {};
    }
  };
  Leaver leaver;
  Ear ear;
  Subscription ears;
  leaver.other = &ears;
  rt::Loop& loop = world.sim->loops().at(0);
  loop.post([&] {
    leaver.mine = account->subscribe(loop, MailboxId(0), &leaver);
    ears = account->subscribe(loop, MailboxId(0), &ear);
  });
  world.sim->run_for(Millis(10));
  for (int i = 0; i < 3; ++i) world.must<Appended>(account, test_append());
  world.sim->run_for(Millis(10));
  EXPECT_EQ(leaver.heard, 1);
  EXPECT_THAT(ear.heard, IsEmpty());
}

TEST(Accounts, ACallerWhoGoesAwayDoesNotStopWhatItAskedFor) {
  TestWorld world;
  AccountPtr account = world.open(world.add_node({}, {.delay_ms_max = Millis(20)}));
  // A coroutine that is destroyed while it waits.
  auto waiting = std::make_unique<task<Result<mail::OperationResult>>>(account->execute(test_append()));
  struct Starter {
    static task<> start(task<Result<mail::OperationResult>>* work) { co_await std::move(*work); }
  };
  rt::Loop& loop = world.sim->loops().at(0);
  auto started = std::make_unique<task<>>(Starter::start(waiting.get()));
  auto handle = std::make_unique<task<>>([](task<>* inner) -> task<> { co_await std::move(*inner); }(started.get()));
  loop.post([&] {
    // Awaited by nobody: resumed by hand as far as the first suspension.
    auto awaiter = std::move(*handle).operator co_await();
    awaiter.await_suspend(std::noop_coroutine()).resume();
  });
  world.sim->step();
  handle.reset();
  started.reset();
  waiting.reset();
  world.sim->run_for(Millis(200));
  EXPECT_EQ(world.inbox(account->snapshot()).messages(), 1U);
}

TEST(Accounts, SaysUnavailableAndWritesNothingWhenTheStoreTakesNothing) {
  TestWorld world;
  TestNode& node = world.add_node();
  AccountPtr account = world.open(node);
  node.store->set_faults({.unavailable_permille = 1000});
  auto result = world.wait(account->execute(test_append()));
  EXPECT_EQ(result.error().code, Code::unavailable);
  node.store->set_faults({});
  EXPECT_EQ(world.must<Appended>(account, test_append()).first, Uid(1));
}

TEST(Accounts, RefusesMailAndGoesOnWithFlagsWhereTheDiskIsFull) {
  TestWorld world;
  AccountPtr account = world.open(world.add_node());
  Uid uid = world.must<Appended>(account, test_append()).first;
  mail::Store flag;
  flag.mailbox = world.inbox(account->snapshot()).id();
  flag.uids.insert(uid);
  flag.flags = SystemFlags(SystemFlag::seen);
  world.disk.set_space({});
  std::vector<task<Result<mail::OperationResult>>> work;  // that would be in one record
  work.push_back(account->execute(flag));
  work.push_back(account->execute(test_append()));
  auto results = world.wait(rt::gather(std::move(work)));
  EXPECT_TRUE(results[0].has_value());
  EXPECT_EQ(results[1].error().code, Code::limit);
  world.disk.set_space({1, 1});
  EXPECT_EQ(world.must<Appended>(account, test_append()).first, Uid(2));
}

TEST(Accounts, FindsOutWhatBecameOfAnUnknownCommit) {
  for (bool stored : {true, false}) {
    TestWorld world;
    TestNode& node = world.add_node();
    AccountPtr account = world.open(node);
    store::FaultPlan plan{.seed = 5};
    (stored ? plan.unknown_stored_permille : plan.unknown_not_stored_permille) = 500;
    node.store->set_faults(plan);
    for (uint32_t i = 1; i <= 20; ++i) EXPECT_EQ(world.must<Appended>(account, test_append()).first, Uid(i));
    EXPECT_EQ(world.inbox(account->snapshot()).messages(), 20U);
  }
}

TEST(Accounts, GivesUpOnAnUnknownCommitAfterAWhile) {
  TestWorld world;
  TestNode& node = world.add_node();
  AccountPtr account = world.open(node);
  node.store->crash();
  TimePoint start = world.sim->clock().now();
  auto result = world.wait(account->execute(test_append()));
  EXPECT_FALSE(result);
  EXPECT_LT(world.sim->clock().now() - start, Seconds(60));
}

TEST(Accounts, TakesNothingMoreOnceStopped) {
  TestWorld world;
  TestNode& node = world.add_node();
  AccountPtr account = world.open(node);
  std::vector<task<Result<mail::OperationResult>>> work;
  for (int i = 0; i < 10; ++i) work.push_back(account->execute(test_append()));
  auto all = rt::gather(std::move(work));
  world.wait_void(node.accounts->stop());
  auto result = world.wait(account->execute(test_append()));
  EXPECT_EQ(result.error().kind, Error::Kind::closed);
  EXPECT_EQ(world.wait(node.accounts->open(AccountId(9))).error().kind, Error::Kind::closed);
  EXPECT_EQ(world.wait(node.accounts->maintain(AccountId(9))).error().kind, Error::Kind::closed);
}

TEST(Accounts, StopFinishesWhatIsUnderWay) {
  TestWorld world;
  TestNode& node = world.add_node({}, {.delay_ms_max = Millis(50)});
  AccountPtr account = world.open(node);
  std::optional<bool> done;
  rt::spawn(world.sim->loops().at(0), [](AccountPtr a, std::optional<bool>& out) -> task<> {
    auto result = co_await a->execute(test_append());
    out = result.has_value();
  }(account, done));
  world.sim->step();
  world.sim->step();
  world.sim->step();
  world.wait_void(node.accounts->stop());
  world.sim->run_for(Millis(100));
  EXPECT_EQ(done, true);
}

TEST(Accounts, ClosesIdleAccountsWhenTheyHoldTooMuchMemory) {
  TestWorld world;
  AccountsConfig config;
  config.open_bytes_max = 200'000;
  TestNode& node = world.add_node(config);
  for (uint64_t id = 1; id <= 100; ++id) {
    AccountPtr account = world.open(node, id);
    for (int i = 0; i < 5; ++i) world.must<Appended>(account, test_append());
  }
  world.sim->run_for(Millis(100));
  EXPECT_LT(node.accounts->stats().open, 90U);
  EXPECT_LE(node.accounts->stats().bytes, 250'000U);
  for (uint64_t id = 1; id <= 100; ++id) EXPECT_EQ(world.inbox(world.open(node, id)->snapshot()).messages(), 5U);
}

TEST(Accounts, AnAccountThatSomebodyHoldsIsNotClosed) {
  TestWorld world;
  AccountsConfig config;
  config.open_bytes_max = 1;
  TestNode& node = world.add_node(config);
  AccountPtr account = world.open(node, 1);
  for (uint64_t id = 2; id <= 5; ++id) world.open(node, id);
  world.sim->run_for(Millis(10));
  EXPECT_EQ(node.accounts->stats().open, 1U);
  EXPECT_EQ(world.open(node, 1).get(), account.get());
}

}  // namespace
}  // namespace roost::accounts
