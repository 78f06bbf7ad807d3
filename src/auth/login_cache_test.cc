#include "auth/login_cache.h"

#include <gtest/gtest.h>

namespace roost::auth {
namespace {

constexpr TimePoint kStart = TimePoint() + std::chrono::hours(1);

TEST(LoginCache, HoldsWhatWasAddedAndNothingElse) {
  LoginCache cache(10, Seconds{60});
  cache.add("alice", "$v1", "s3cret", kStart);
  EXPECT_TRUE(cache.holds("alice", "$v1", "s3cret", kStart));
  EXPECT_FALSE(cache.holds("alice", "$v1", "s3cre", kStart));
  EXPECT_FALSE(cache.holds("alic", "e$v1", "s3cret", kStart)) << "fields run together";
  EXPECT_FALSE(cache.holds("bob", "$v1", "s3cret", kStart));
}

TEST(LoginCache, EndsWithTheVerifier) {
  LoginCache cache(10, Seconds{60});
  cache.add("alice", "$v1", "s3cret", kStart);
  EXPECT_FALSE(cache.holds("alice", "$v2", "s3cret", kStart));
}

TEST(LoginCache, ForgetsInTime) {
  LoginCache cache(10, Seconds{60});
  cache.add("alice", "$v1", "s3cret", kStart);
  EXPECT_TRUE(cache.holds("alice", "$v1", "s3cret", kStart + Seconds{59}));
  EXPECT_FALSE(cache.holds("alice", "$v1", "s3cret", kStart + Seconds{60}));
  EXPECT_EQ(cache.size(), 0U);
}

TEST(LoginCache, KeepsALoginThatWasRepeated) {
  LoginCache cache(10, Seconds{60});
  cache.add("alice", "$v1", "s3cret", kStart);
  cache.add("alice", "$v1", "s3cret", kStart + Seconds{30});
  EXPECT_TRUE(cache.holds("alice", "$v1", "s3cret", kStart + Seconds{70}));
}

TEST(LoginCache, IsBounded) {
  LoginCache cache(10, Seconds{60});
  for (int i = 0; i < 100; ++i) cache.add(std::to_string(i), "$v1", "s3cret", kStart);
  EXPECT_EQ(cache.size(), 10U);
  EXPECT_TRUE(cache.holds("99", "$v1", "s3cret", kStart));
  EXPECT_FALSE(cache.holds("0", "$v1", "s3cret", kStart));
  for (int i = 0; i < 100; ++i) cache.add("99", "$v1", "s3cret", kStart);
  EXPECT_TRUE(cache.holds("99", "$v1", "s3cret", kStart));
}

TEST(LoginCache, HoldsNothingWhenItIsOff) {
  LoginCache cache(0, Seconds{60});
  cache.add("alice", "$v1", "s3cret", kStart);
  EXPECT_FALSE(cache.holds("alice", "$v1", "s3cret", kStart));
}

}  // namespace
}  // namespace roost::auth
