#include "imapd/recent_claims.h"

#include <gtest/gtest.h>

namespace roost::imapd {
namespace {

constexpr AccountId kAlice{1};
constexpr MailboxId kInbox{7};

LoggedClaim logged(uint32_t uid) {
  return [uid] { return Uid(uid); };
}

TEST(RecentClaims, TheFirstToAskGetsTheMessages) {
  RecentClaims claims;
  EXPECT_EQ(claims.claim(kAlice, kInbox, logged(5), Uid(9)), Uid(5));
  EXPECT_EQ(claims.claim(kAlice, kInbox, logged(5), Uid(9)), Uid(9));
  EXPECT_EQ(claims.claim(kAlice, kInbox, logged(5), Uid(12)), Uid(9));
}

TEST(RecentClaims, LookingClaimsNothing) {
  RecentClaims claims;
  EXPECT_EQ(claims.unclaimed(kAlice, kInbox, logged(5)), Uid(5));
  EXPECT_EQ(claims.claim(kAlice, kInbox, logged(5), Uid(9)), Uid(5));
  EXPECT_EQ(claims.unclaimed(kAlice, kInbox, logged(5)), Uid(9));
}

TEST(RecentClaims, MailboxesAndAccountsAreApart) {
  RecentClaims claims;
  claims.claim(kAlice, kInbox, logged(1), Uid(9));
  EXPECT_EQ(claims.claim(kAlice, MailboxId(8), logged(1), Uid(9)), Uid(1));
  EXPECT_EQ(claims.claim(AccountId(2), kInbox, logged(1), Uid(9)), Uid(1));
}

TEST(RecentClaims, WhatIsLoggedNeedsNoMemory) {
  RecentClaims claims;
  claims.claim(kAlice, kInbox, logged(1), Uid(9));
  EXPECT_EQ(claims.unlogged(kAlice, kInbox, Uid(1)), Uid(9));
  claims.forget(kAlice, kInbox, Uid(5));  // an older claim was logged: the newer one still counts
  EXPECT_EQ(claims.unlogged(kAlice, kInbox, Uid(5)), Uid(9));
  claims.forget(kAlice, kInbox, Uid(9));
  EXPECT_EQ(claims.unlogged(kAlice, kInbox, Uid(9)), std::nullopt);
  EXPECT_EQ(claims.unclaimed(kAlice, kInbox, logged(9)), Uid(9));
}

TEST(RecentClaims, WhatWasLoggedAndForgottenIsNotHandedOutAgain) {
  RecentClaims claims;
  Uid newest(1);
  LoggedClaim logged_now = [&newest] { return newest; };
  EXPECT_EQ(claims.claim(kAlice, kInbox, logged_now, Uid(9)), Uid(1));
  newest = Uid(9);
  claims.forget(kAlice, kInbox, Uid(9));
  EXPECT_EQ(claims.unclaimed(kAlice, kInbox, logged_now), Uid(9));
  EXPECT_EQ(claims.claim(kAlice, kInbox, logged_now, Uid(9)), Uid(9));
}

}  // namespace
}  // namespace roost::imapd
