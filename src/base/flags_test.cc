#include "base/flags.h"

#include <gtest/gtest.h>

namespace roost {
namespace {

TEST(SystemFlags, AreASetOfBits) {
  SystemFlags flags = SystemFlag::seen | SystemFlag::draft;
  EXPECT_TRUE(flags.has(SystemFlag::seen));
  EXPECT_FALSE(flags.has(SystemFlag::deleted));
  EXPECT_EQ(flags & ~SystemFlags(SystemFlag::seen), SystemFlags(SystemFlag::draft));
  EXPECT_EQ(~SystemFlags(), SystemFlags::all());
}

TEST(FlagSet, KeepsTheFirstSpellingOfAKeyword) {
  FlagSet flags;
  for (const char* k : {"$Forwarded", "$FORWARDED", "work", "Work2"}) flags.add_keyword(k);
  EXPECT_EQ(flags.keywords, (std::vector<std::string>{"$Forwarded", "work", "Work2"}));
  EXPECT_TRUE(flags.has_keyword("WORK"));
  EXPECT_FALSE(flags.has_keyword("wor"));
}

TEST(CompareIgnoringCase, OrdersByLowerCaseOctets) {
  EXPECT_LT(compare_ignoring_case("abc", "ABD"), 0);
  EXPECT_EQ(compare_ignoring_case("Abc", "aBC"), 0);
  EXPECT_GT(compare_ignoring_case("abcd", "ABC"), 0);
  EXPECT_GT(compare_ignoring_case("\xc3", "z"), 0);
}

}  // namespace
}  // namespace roost
