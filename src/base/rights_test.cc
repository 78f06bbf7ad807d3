#include "base/rights.h"

#include <gtest/gtest.h>

namespace roost {
namespace {

std::string reads_as(std::string_view spelled) {
  auto rights = parse_rights(spelled);
  return rights ? rights->spelled() : rights.error().text;
}

TEST(Rights, AreSpelledWithTheVirtualOnes) {
  EXPECT_EQ(Rights::all().spelled(), "lrswipkxtecda");
  EXPECT_EQ(Rights().spelled(), "");
  EXPECT_EQ(Rights(Right::create_mailboxes).spelled(), "kc");
  EXPECT_EQ(Rights(Right::delete_mailbox).spelled(), "xc");
  EXPECT_EQ(Rights(Right::delete_messages).spelled(), "td");
  EXPECT_EQ(Rights(Right::expunge).spelled(), "ed");
  EXPECT_EQ((Right::lookup | Right::read).spelled(), "lr");
}

// RFC 4314 2.1.1: the examples.
TEST(Rights, TakeCAndDForTheirMembers) {
  EXPECT_EQ(reads_as("lrswida"), "lrswiteda");
  EXPECT_EQ(reads_as("lrswikda"), "lrswiktecda");
  EXPECT_EQ(reads_as("c"), reads_as("kx"));
  EXPECT_EQ(reads_as("d"), reads_as("et"));
  EXPECT_EQ(reads_as("dtdt"), "ted");
  EXPECT_EQ(reads_as("rwipslxetad"), "lrswipxtecda");
  EXPECT_EQ(reads_as(""), "");
}

TEST(Rights, AreNeverIgnoredWhereTheyAreUnknown) {
  for (std::string_view wrong : {"lrQswicda", "lrqswicda", "0", "l r", "+l", "\xc3\xa4", "L"}) {
    auto rights = parse_rights(wrong);
    ASSERT_FALSE(rights) << wrong;
    EXPECT_EQ(rights.error().kind, Error::Kind::bad) << wrong;
  }
  EXPECT_EQ(reads_as("lrQ"), "Uppercase rights are not allowed.");
}

TEST(Rights, HaveALetterEach) {
  std::string letters;
  for (uint16_t bit = 1; bit <= static_cast<uint16_t>(Right::administer); bit <<= 1) {
    auto right = static_cast<Right>(bit);
    letters += letter_of(right);
    EXPECT_EQ(*parse_rights(std::string(1, letter_of(right))), Rights(right));
  }
  EXPECT_EQ(letters, "lrswipkxtea");
}

TEST(Rights, AreASet) {
  Rights rights = Right::read | Right::seen;
  EXPECT_TRUE(rights.has(Right::read));
  EXPECT_FALSE(rights.has(Right::write));
  EXPECT_TRUE(rights.has_any(Right::write | Right::seen));
  EXPECT_FALSE(rights.has_any(Right::write | Right::insert));
  EXPECT_EQ(rights & ~Rights(Right::seen), Rights(Right::read));
  EXPECT_EQ(Rights(static_cast<uint16_t>(0xffff)), Rights::all());
}

}  // namespace
}  // namespace roost
