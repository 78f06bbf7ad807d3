#include "auth/name.h"

#include <gtest/gtest.h>

namespace roost::auth {
namespace {

TEST(CanonicalName, IsTheSameInEitherCase) {
  EXPECT_EQ(canonical_name("Alice@Example.ORG"), "alice@example.org");
  EXPECT_EQ(new_name("Alice"), "alice");
}

TEST(CanonicalName, IsTheSameForEveryWayOfTypingIt) {
  EXPECT_EQ(canonical_name("ju\u0308rgen"), "j\u00FCrgen");
  EXPECT_EQ(new_name("j\u00FCrgen"), "j\u00FCrgen");
  EXPECT_EQ(canonical_name("\uFF41lice"), "alice");
}

TEST(CanonicalName, IsItsOwnCanonicalName) {
  for (const char* name : {"alice", "ALICE", "j\u00FCrgen", "a\u00ADb", "\u2168"}) {
    std::string once = canonical_name(name).value();
    EXPECT_EQ(canonical_name(once), once);
  }
}

TEST(CanonicalName, IsNothingForWhatCannotBeAName) {
  EXPECT_FALSE(canonical_name(""));
  EXPECT_FALSE(canonical_name("\xff"));
  EXPECT_FALSE(canonical_name(std::string("a\0b", 3)));
  EXPECT_FALSE(canonical_name("a\tb"));
  EXPECT_TRUE(canonical_name(std::string(255, 'a')));
  EXPECT_FALSE(canonical_name(std::string(256, 'a')));
}

TEST(NewName, RefusesWhatWouldMeanSomethingElse) {
  for (const char* name : {"", "a b", "a/b", "a+b", "a%", "*", "a\"b", "a\\b", "-a", "anyone", "Anonymous", "a\nb",
                           "\u00A0", "\U0001F600"}) {
    Result<std::string> refused = new_name(name);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, Code::cannot);
  }
  EXPECT_FALSE(new_name(std::string(256, 'a')));
}

}  // namespace
}  // namespace roost::auth
