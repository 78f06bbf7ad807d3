#include "imapd/recent_claims.h"

#include <gtest/gtest.h>

namespace roost::imapd {
namespace {

constexpr AccountId kAlice{1};
constexpr MailboxId kInbox{7};

TEST(RecentClaims, TheFirstToAskGetsTheMessages) {
  RecentClaims claims;
  EXPECT_EQ(claims.claim(kAlice, kInbox, Uid(5), Uid(9)), Uid(5));
  EXPECT_EQ(claims.claim(kAlice, kInbox, Uid(5), Uid(9)), Uid(9));
  EXPECT_EQ(claims.claim(kAlice, kInbox, Uid(5), Uid(12)), Uid(9));
}

TEST(RecentClaims, LookingClaimsNothing) {
  RecentClaims claims;
  EXPECT_EQ(claims.unclaimed(kAlice, kInbox, Uid(5)), Uid(5));
  EXPECT_EQ(claims.claim(kAlice, kInbox, Uid(5), Uid(9)), Uid(5));
  EXPECT_EQ(claims.unclaimed(kAlice, kInbox, Uid(5)), Uid(9));
}

TEST(RecentClaims, MailboxesAndAccountsAreApart) {
  RecentClaims claims;
  claims.claim(kAlice, kInbox, Uid(1), Uid(9));
  EXPECT_EQ(claims.claim(kAlice, MailboxId(8), Uid(1), Uid(9)), Uid(1));
  EXPECT_EQ(claims.claim(AccountId(2), kInbox, Uid(1), Uid(9)), Uid(1));
}

TEST(RecentClaims, WhatIsLoggedNeedsNoMemory) {
  RecentClaims claims;
  claims.claim(kAlice, kInbox, Uid(1), Uid(9));
  EXPECT_EQ(claims.unlogged(kAlice, kInbox, Uid(1)), Uid(9));
  claims.forget(kAlice, kInbox, Uid(5));  // an older claim was logged: the newer one still counts
  EXPECT_EQ(claims.unlogged(kAlice, kInbox, Uid(5)), Uid(9));
  claims.forget(kAlice, kInbox, Uid(9));
  EXPECT_EQ(claims.unlogged(kAlice, kInbox, Uid(9)), std::nullopt);
  EXPECT_EQ(claims.unclaimed(kAlice, kInbox, Uid(9)), Uid(9));
}

}  // namespace
}  // namespace roost::imapd
