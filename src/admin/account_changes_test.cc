// A crash at every step of adding and of removing a user: settled, the user is there with an account, or neither is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/account_changes.h"
#include "admin/harness_test.h"

namespace roost::admin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct AccountChanges : testing::Test {
  TestServer server;

  // `verb` with a store that goes down at `step`, then a new one. False once the verb got through.
  bool crash_at(uint64_t step, const std::string& verb) {
    server.store->set_faults({.crash_at_step = step});
    bool through = server.run(verb, {"alice"}, "secret").status == kOk;
    bool crashed = server.store->crashed();
    server.replace_store();
    EXPECT_TRUE(server.simulation->wait(settle_accounts(*server.services)));
    return crashed || !through;
  }
  std::vector<AccountId> stored() { return server.simulation->wait(server.store->accounts()).value(); }
  std::optional<auth::UserInfo> alice() {
    return server.simulation->wait(server.authenticator->find_user("alice")).value();
  }
  void expect_both_or_neither() {
    auto user = alice();
    if (user) {
      EXPECT_THAT(stored(), ElementsAre(user->account));
      EXPECT_TRUE(server.open("alice")->snapshot()->find("Trash"));
    } else {
      EXPECT_THAT(stored(), IsEmpty());
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
  }
  EXPECT_GT(step, 4U);
  EXPECT_TRUE(alice());
}

TEST_F(AccountChanges, AUserWhoIsHalfRemovedIsGone) {
  uint64_t step = 1;
  do {
    if (!alice()) ASSERT_EQ(server.run("user add", {"alice"}, "secret").status, kOk);
    SCOPED_TRACE(step);
  } while (crash_at(step++, "user remove") && (expect_both_or_neither(), true));
  EXPECT_GT(step, 4U);
  EXPECT_FALSE(alice());
  EXPECT_THAT(stored(), IsEmpty());
}

TEST_F(AccountChanges, TheSameCommandGoesOnWithWhatWasInterrupted) {
  ASSERT_EQ(server.run("user add", {"alice"}, "secret").status, kOk);
  server.store->set_faults({.crash_at_step = 6});
  EXPECT_EQ(server.run("user remove", {"alice"}).status, kFailed);
  server.replace_store();
  EXPECT_EQ(server.run("user remove", {"alice"}).status, kOk);
  EXPECT_THAT(stored(), IsEmpty());
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
