#include "search/id_table.h"

#include <gtest/gtest.h>

namespace roost::search {
namespace {

// Neighbours, and such as differ in the highest bits only.
uint64_t nth_id(uint32_t n) { return n % 2 == 0 ? n : uint64_t{n} << 40; }

TEST(IdTable, KeepsTheNumberOfEachIdAsItGrows) {
  constexpr uint32_t kIds = 10'000;
  IdTable table(42);
  for (uint32_t n = 0; n < kIds; ++n) {
    uint32_t& number = table.at(nth_id(n));
    ASSERT_EQ(number, IdTable::kNone);
    number = n;
  }
  for (uint32_t n = 0; n < kIds; ++n) ASSERT_EQ(table.at(nth_id(n)), n);
}

TEST(IdTable, GrowsBeyondWhatWasExpected) {
  IdTable table(42);
  table.expect(100);
  for (uint32_t n = 0; n < 1'000; ++n) table.at(nth_id(n)) = n;
  for (uint32_t n = 0; n < 1'000; ++n) ASSERT_EQ(table.at(nth_id(n)), n);
}

TEST(IdTable, TakesZeroForAnIdLikeAnyOther) {
  IdTable table(0);
  EXPECT_EQ(table.at(0), IdTable::kNone);
  table.at(0) = 7;
  EXPECT_EQ(table.at(0), 7U);
}

}  // namespace
}  // namespace roost::search
