#include "accounts/card_cache.h"

#include <gtest/gtest.h>

namespace roost::accounts {
namespace {

SegmentPtr segment(size_t bytes) {
  auto out = std::make_shared<DecodedSegment>();
  out->bytes = bytes;
  return out;
}

TEST(CardCache, FindsWhatWasPutInForThatAccountAndPage) {
  CardCache cache(1 << 20);
  auto one = segment(10);
  cache.insert(AccountId(1), PageId(1), one);
  EXPECT_EQ(cache.find(AccountId(1), PageId(1)), one);
  EXPECT_EQ(cache.find(AccountId(1), PageId(2)), nullptr);
  EXPECT_EQ(cache.find(AccountId(2), PageId(1)), nullptr);
}

TEST(CardCache, HoldsNoMoreBytesThanItMay) {
  CardCache cache(16 * 1'000);
  for (uint64_t i = 0; i < 1'000; ++i) cache.insert(AccountId(i), PageId(i), segment(100));
  EXPECT_LE(cache.bytes(), 16U * 1'000);
  EXPECT_GE(cache.bytes(), 16U * 700);
}

TEST(CardCache, KeepsWhatIsUsed) {
  CardCache cache(16 * 1'000);
  cache.insert(AccountId(0), PageId(0), segment(100));
  for (uint64_t i = 1; i < 10'000; ++i) {
    cache.insert(AccountId(i), PageId(i), segment(100));
    ASSERT_NE(cache.find(AccountId(0), PageId(0)), nullptr);
  }
}

TEST(CardCache, DoesNotTakeWhatWouldFillIt) {
  CardCache cache(16 * 1'000);
  cache.insert(AccountId(1), PageId(1), segment(1'001));
  EXPECT_EQ(cache.find(AccountId(1), PageId(1)), nullptr);
  EXPECT_EQ(cache.bytes(), 0U);
}

}  // namespace
}  // namespace roost::accounts
