#include "imapd/memory_budget.h"

#include <gtest/gtest.h>

namespace roost::imapd {
namespace {

TEST(MemoryBudget, RefusesWhatItDoesNotHave) {
  MemoryBudget budget(100);
  Reservation one(budget);
  Reservation two(budget);
  EXPECT_TRUE(one.grow(60));
  EXPECT_FALSE(two.grow(41));
  EXPECT_TRUE(two.grow(40));
  EXPECT_EQ(budget.used(), 100u);
}

TEST(MemoryBudget, GetsBackWhatAReservationHeld) {
  MemoryBudget budget(100);
  {
    Reservation one(budget);
    EXPECT_TRUE(one.grow(60));
    EXPECT_TRUE(one.grow(10));
    EXPECT_EQ(one.bytes(), 70u);
  }
  EXPECT_EQ(budget.used(), 0u);
}

TEST(MemoryBudget, AHugeWishDoesNotWrapAround) {
  MemoryBudget budget(100);
  Reservation one(budget);
  EXPECT_TRUE(one.grow(50));
  EXPECT_FALSE(one.grow(UINT64_MAX));
  EXPECT_EQ(budget.used(), 50u);
}

}  // namespace
}  // namespace roost::imapd
