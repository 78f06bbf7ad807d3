// A crash at every step of adding a user, of removing and of bringing one back: settled, the user is there with an
// account, or neither is, or the account alone can come back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/account_changes.h"
#include "admin/harness_test.h"
#include "admin/removed_accounts.h"

namespace roost::admin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct AccountChanges : testing::Test {
  TestServer server;

  // `verb` with a store that goes down at `step`, then a new one. False once the verb got through.
  bool crash_at(uint64_t step, const std::string& verb, const std::map<std::string, std::string>& options = {}) {
    server.store->set_faults({.crash_at_step = step});
    bool through = server.run(Request{verb, {"alice"}, options, false, "secret"}).status == kOk;
    bool crashed = server.store->crashed();
    server.replace_store();
    EXPECT_TRUE(server.simulation->wait(settle_accounts(*server.services)));
    return crashed || !through;
  }
  std::vector<AccountId> stored() { return server.simulation->wait(server.store->accounts()).value(); }
  std::optional<auth::UserInfo> alice() {
    return server.simulation->wait(server.authenticator->find_user("alice")).value();
  }
  std::vector<AccountId> removed() {
    std::vector<AccountId> out;
    for (const RemovedAccount& one : server.simulation->wait(removed_accounts(*server.services)).value()) {
      out.push_back(one.account);
    }
    return out;
  }
  void expect_both_or_neither() {
    auto user = alice();
    if (user) {
      EXPECT_THAT(stored(), ElementsAre(user->account));
      EXPECT_THAT(removed(), IsEmpty());
      EXPECT_TRUE(server.open("alice")->snapshot()->find("Trash"));
    } else {
      EXPECT_EQ(stored(), removed());
    }
    EXPECT_THAT(server.simulation->wait(settle_accounts(*server.services)).value(), IsEmpty());
  }
};

TEST_F(AccountChanges, AUserWhoIsHalfAddedIsNotThere) {
  uint64_t step = 1;
  for (; crash_at(step, "user add"); ++step) {
    SCOPED_TRACE(step);
    expect_both_or_neither();
    if (alice()) ASSERT_EQ(server.run("user remove", {"alice"}).status, kOk);
    if (!removed().empty()) ASSERT_EQ(server.run("purge", {"alice"}).status, kOk);
  }
  EXPECT_GT(step, 4U);
  EXPECT_TRUE(alice());
}

TEST_F(AccountChanges, AUserWhoIsHalfRemovedIsGone) {
  uint64_t step = 1;
  do {
    if (!removed().empty()) ASSERT_EQ(server.run("purge", {"alice"}).status, kOk);
    if (!alice()) ASSERT_EQ(server.run("user add", {"alice"}, "secret").status, kOk);
    SCOPED_TRACE(step);
  } while (crash_at(step++, "user remove") && (expect_both_or_neither(), true));
  EXPECT_GT(step, 4U);
  EXPECT_FALSE(alice());
  EXPECT_EQ(stored().size(), 1U);
  EXPECT_EQ(stored(), removed());
}

TEST_F(AccountChanges, AUserWhoIsHalfBackIsThereOrCanComeBack) {
  ASSERT_EQ(server.run("user add", {"alice"}, "secret").status, kOk);
  AccountId account = alice()->account;
  uint64_t step = 1;
  do {
    if (alice()) ASSERT_EQ(server.run("user remove", {"alice"}).status, kOk);
    SCOPED_TRACE(step);
  } while (crash_at(step++, "undelete", {{"since", "1h"}}) && (expect_both_or_neither(), true));
  EXPECT_GT(step, 4U);
  ASSERT_TRUE(alice());
  EXPECT_EQ(alice()->account, account);
  expect_both_or_neither();
}

TEST_F(AccountChanges, ARemovedAccountEndsWithItsRetention) {
  ASSERT_EQ(server.run("user add", {"alice"}, "secret").status, kOk);
  ASSERT_EQ(server.run("user remove", {"alice"}).status, kOk);
  ASSERT_TRUE(server.simulation->wait(expire_removed_accounts(*server.services)));
  EXPECT_EQ(stored().size(), 1U);
  server.simulation->jump_wall(Seconds(15 * 24 * 3600));
  ASSERT_TRUE(server.simulation->wait(expire_removed_accounts(*server.services)));
  EXPECT_THAT(stored(), IsEmpty());
  EXPECT_THAT(removed(), IsEmpty());
}

TEST_F(AccountChanges, TheSameCommandGoesOnWithWhatWasInterrupted) {
  ASSERT_EQ(server.run("user add", {"alice"}, "secret").status, kOk);
  server.store->set_faults({.crash_at_step = 6});
  EXPECT_EQ(server.run("user remove", {"alice"}).status, kFailed);
  server.replace_store();
  EXPECT_EQ(server.run("user remove", {"alice"}).status, kOk);
  EXPECT_EQ(stored(), removed());
}

TEST_F(AccountChanges, ASecondChangeOfTheSameAccountWaits) {
  Services& services = *server.services;
  auto first = server.simulation->wait(AccountChange::begin(services, AccountId(7), "alice"));
  ASSERT_TRUE(first);
  EXPECT_EQ(server.simulation->wait(AccountChange::begin(services, AccountId(7), "alice")).error().code, Code::in_use);
  EXPECT_THAT(server.simulation->wait(settle_accounts(services)).value(), IsEmpty());
}

}  // namespace
}  // namespace roost::admin
