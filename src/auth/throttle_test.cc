#include "auth/throttle.h"

#include <gtest/gtest.h>

#include <vector>

namespace roost::auth {
namespace {

constexpr const char* kHome = "192.0.2.0/24";
constexpr const char* kElsewhere = "198.51.100.0/24";

class ThrottleTest : public ::testing::Test {
 protected:
  Millis fail(const char* name, const char* block) {
    auto attempt = throttle_.begin(name, block, now_).value();
    now_ += attempt.delay;
    throttle_.failed(attempt, now_);
    return attempt.delay;
  }
  Millis succeed(const char* name, const char* block) {
    auto attempt = throttle_.begin(name, block, now_).value();
    now_ += attempt.delay;
    throttle_.succeeded(attempt, now_);
    return attempt.delay;
  }

  Throttle throttle_{1024};
  TimePoint now_ = TimePoint() + std::chrono::hours(1);
};

TEST_F(ThrottleTest, DelaysMoreAndMoreAfterTheFreeFailures) {
  for (uint32_t i = 0; i < Throttle::kFreeFailures; ++i) EXPECT_EQ(fail("alice", kHome), Millis{0});
  for (int64_t s : {1, 2, 4, 8, 15, 15}) EXPECT_EQ(fail("alice", kHome), Millis{s * 1000});
}

TEST_F(ThrottleTest, NeverTouchesOtherAddressesOrOtherNames) {
  for (int i = 0; i < 50; ++i) fail("alice", kElsewhere);
  EXPECT_EQ(succeed("alice", kHome), Millis{0});
  EXPECT_EQ(succeed("bob", kElsewhere), Millis{0});
}

TEST_F(ThrottleTest, ForgivesAfterASuccess) {
  for (int i = 0; i < 8; ++i) fail("alice", kHome);
  EXPECT_GT(succeed("alice", kHome), Millis{0});
  EXPECT_EQ(fail("alice", kHome), Millis{0});
}

TEST_F(ThrottleTest, SparesAddressesThatLoggedInLately) {
  succeed("alice", kHome);
  for (uint32_t i = 0; i < Throttle::kFreeFailuresKnown; ++i) EXPECT_EQ(fail("alice", kHome), Millis{0});
  EXPECT_GT(fail("alice", kHome), Millis{0});
  now_ += Throttle::kKnownFor + Seconds{1};
  for (uint32_t i = 0; i < Throttle::kFreeFailures; ++i) EXPECT_EQ(fail("alice", kHome), Millis{0});
  EXPECT_GT(fail("alice", kHome), Millis{0});
}

TEST_F(ThrottleTest, ForgetsFailuresAfterAWhile) {
  for (int i = 0; i < 8; ++i) fail("alice", kHome);
  now_ += Throttle::kForgetFailuresAfter + Seconds{1};
  EXPECT_EQ(fail("alice", kHome), Millis{0});
}

TEST_F(ThrottleTest, LetsFiveConnectionsInAtOnce) {
  std::vector<Throttle::Attempt> attempts;
  for (int i = 0; i < 5; ++i) attempts.push_back(throttle_.begin("alice", kHome, now_).value());
  for (const auto& attempt : attempts) EXPECT_EQ(attempt.delay, Millis{0});
  for (const auto& attempt : attempts) throttle_.succeeded(attempt, now_);
}

TEST_F(ThrottleTest, GivesParallelGuessersTurnsAndThenNothing) {
  std::vector<Throttle::Attempt> attempts;
  while (auto attempt = throttle_.begin("alice", kHome, now_)) attempts.push_back(*attempt);
  ASSERT_LT(attempts.size(), 12U);
  for (size_t i = Throttle::kFreeFailures + 1; i < attempts.size(); ++i) {
    EXPECT_GT(attempts[i].delay, attempts[i - 1].delay);
    EXPECT_LE(attempts[i].delay, Throttle::kWaitMax);
  }
  EXPECT_TRUE(throttle_.begin("alice", kElsewhere, now_));
}

TEST_F(ThrottleTest, LearnsNothingFromAbandonedAttempts) {
  for (int i = 0; i < 50; ++i) throttle_.abandoned(throttle_.begin("alice", kHome, now_).value());
  EXPECT_EQ(fail("alice", kHome), Millis{0});
}

TEST_F(ThrottleTest, HoldsNoMoreThanItMay) {
  for (int i = 0; i < 8; ++i) fail("alice", kHome);
  for (int i = 0; i < 5000; ++i) fail(std::to_string(i).c_str(), kHome);
  EXPECT_EQ(throttle_.size(), 1024U);
}

TEST_F(ThrottleTest, KeepsAttemptsThatAreUnderWay) {
  std::vector<Throttle::Attempt> attempts;
  for (int i = 0; i < 6; ++i) attempts.push_back(throttle_.begin("alice", kHome, now_).value());
  for (int i = 0; i < 3000; ++i) fail(std::to_string(i).c_str(), kHome);
  for (const auto& attempt : attempts) throttle_.failed(attempt, now_);
  EXPECT_GT(fail("alice", kHome), Millis{0});
}

}  // namespace
}  // namespace roost::auth
