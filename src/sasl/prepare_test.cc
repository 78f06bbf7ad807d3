#include "sasl/prepare.h"

#include <gtest/gtest.h>

namespace roost::sasl {
namespace {

TEST(Prepare, FollowsTheExamplesOfRfc4013) {
  EXPECT_EQ(prepare("I\u00ADX", Preparation::stored), "IX");
  EXPECT_EQ(prepare("user", Preparation::stored), "user");
  EXPECT_EQ(prepare("USER", Preparation::stored), "USER");
  EXPECT_EQ(prepare("\u00AA", Preparation::stored), "a");
  EXPECT_EQ(prepare("\u2168", Preparation::stored), "IX");
  EXPECT_FALSE(prepare("\x07", Preparation::stored));
  EXPECT_FALSE(prepare("\u06271", Preparation::stored));
}

TEST(Prepare, RefusesInvalidUtf8AndEmptyResults) {
  EXPECT_FALSE(prepare("", Preparation::query));
  EXPECT_FALSE(prepare("\u00AD", Preparation::query));
  EXPECT_FALSE(prepare("caf\xe9", Preparation::query));
  EXPECT_FALSE(prepare("\xed\xa0\x80", Preparation::query));
  EXPECT_FALSE(prepare("\xc0\x80", Preparation::query));
}

TEST(Prepare, MapsSpacesAndComposes) {
  EXPECT_EQ(prepare("a\u00A0b", Preparation::stored), "a b");
  EXPECT_EQ(prepare("u\u0308", Preparation::stored), "\u00FC");
}

TEST(Prepare, AllowsUnassignedCodePointsOnlyInQueries) {
  EXPECT_FALSE(prepare("\U0001F600", Preparation::stored));
  EXPECT_EQ(prepare("\U0001F600", Preparation::query), "\U0001F600");
}

TEST(Prepare, SurvivesTheLongestExpansion) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "\uFDFA";
  EXPECT_TRUE(prepare(text, Preparation::query));
  EXPECT_FALSE(prepare(std::string(1 << 20, '\xc3'), Preparation::query));
}

TEST(PreparePassword, FallsBackToTheOctets) {
  EXPECT_EQ(prepare_password("caf\xe9"), "caf\xe9");
  EXPECT_EQ(prepare_password("\x07"), "\x07");
  EXPECT_EQ(prepare_password("u\u0308"), "\u00FC");
}

}  // namespace
}  // namespace roost::sasl
