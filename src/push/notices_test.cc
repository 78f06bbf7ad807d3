#include "push/notices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace roost::push {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimePoint kStart{Seconds(1'000)};

Notice notice(const std::string& entry, const std::string& digest = "inbox") {
  return {AccountId(1), entry, "account", "ab", {digest}};
}

TEST(Notices, OneIsDueAtOnce) {
  Notices notices(10);
  EXPECT_FALSE(notices.next());
  EXPECT_TRUE(notices.add(notice("a"), kStart));
  EXPECT_EQ(notices.next(), kStart);
  EXPECT_THAT(notices.take(10, kStart), ElementsAre(notice("a")));
  EXPECT_FALSE(notices.next());
}

TEST(Notices, WhatArrivesMeanwhileIsOneNotice) {
  Notices notices(10);
  notices.add(notice("a", "one"), kStart);
  notices.add(notice("a", "two"), kStart);
  auto taken = notices.take(10, kStart);
  ASSERT_THAT(taken, SizeIs(1));
  EXPECT_THAT(taken[0].digests, ElementsAre("one", "two"));
}

TEST(Notices, ThoseOfOneRegistrationKeepADistance) {
  Notices notices(10);
  notices.add(notice("a"), kStart);
  auto taken = notices.take(10, kStart);
  notices.add(notice("a", "later"), kStart);
  EXPECT_THAT(notices.take(10, kStart), IsEmpty()) << "one is under way";
  notices.arrived(taken[0], kStart);
  EXPECT_THAT(notices.take(10, kStart), IsEmpty());
  EXPECT_EQ(notices.next(), kStart + kPushInterval);
  EXPECT_THAT(notices.take(10, kStart + kPushInterval), ElementsAre(notice("a", "later")));
}

TEST(Notices, AreForgottenOnceTheyCannotDisturbTheNext) {
  Notices notices(10);
  notices.add(notice("a"), kStart);
  notices.arrived(notices.take(10, kStart)[0], kStart);
  EXPECT_EQ(notices.size(), 1U);
  EXPECT_THAT(notices.take(10, kStart + kPushInterval), IsEmpty());
  EXPECT_EQ(notices.size(), 0U);
}

TEST(Notices, AtTheEndThoseThatWaitAreTakenWhetherDueOrNot) {
  Notices notices(10);
  for (const char* entry : {"a", "b", "c"}) notices.add(notice(entry), kStart);
  auto taken = notices.take(3, kStart);
  notices.arrived(taken[0], kStart);
  notices.arrived(taken[1], kStart);
  notices.failed(std::move(taken[2]), kStart);
  notices.add(notice("a", "later"), kStart);
  EXPECT_THAT(notices.take(10, kStart), IsEmpty());
  EXPECT_THAT(notices.take_untried(10), ElementsAre(notice("a", "later"))) << "and not what has failed";
  EXPECT_THAT(notices.take_untried(10), IsEmpty());
}

TEST(Notices, OneThatFailedComesAgainEverLater) {
  Notices notices(10);
  notices.add(notice("a"), kStart);
  TimePoint now = kStart;
  Millis before{0};
  uint32_t attempts = 0;
  for (;;) {
    auto taken = notices.take(10, now);
    ASSERT_THAT(taken, SizeIs(1));
    ++attempts;
    if (!notices.failed(taken[0], now)) break;
    auto wait = std::chrono::duration_cast<Millis>(*notices.next() - now);
    EXPECT_GE(wait, before);
    EXPECT_LE(wait, kLastRetry);
    before = wait;
    now = *notices.next();
  }
  EXPECT_EQ(attempts, kAttemptsMax);
  EXPECT_EQ(notices.size(), 0U);
}

TEST(Notices, OneThatFailedTakesAlongWhatArrivedMeanwhile) {
  Notices notices(10);
  notices.add(notice("a", "one"), kStart);
  auto taken = notices.take(10, kStart);
  notices.add(notice("a", "two"), kStart);
  EXPECT_TRUE(notices.failed(taken[0], kStart));
  EXPECT_THAT(notices.take(10, kStart + kFirstRetry)[0].digests, ElementsAre("one", "two"));
}

TEST(Notices, NothingMoreIsHeardOfARegistrationThatEnded) {
  Notices notices(10);
  notices.add(notice("a"), kStart);
  auto taken = notices.take(10, kStart);
  notices.add(notice("a", "two"), kStart);
  notices.ended(taken[0]);
  EXPECT_EQ(notices.size(), 0U);
  EXPECT_FALSE(notices.next());
}

TEST(Notices, AreBounded) {
  Notices notices(2);
  EXPECT_TRUE(notices.add(notice("a"), kStart));
  EXPECT_TRUE(notices.add(notice("b"), kStart));
  EXPECT_FALSE(notices.add(notice("c"), kStart));
  EXPECT_TRUE(notices.add(notice("a", "more"), kStart)) << "there already";
  for (int i = 0; i < 100; ++i) notices.add(notice("a", std::to_string(i)), kStart);
  EXPECT_THAT(notices.take(1, kStart)[0].digests, SizeIs(kDigestsMax));
}

}  // namespace
}  // namespace roost::push
