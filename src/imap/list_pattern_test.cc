#include "imap/list_pattern.h"

#include <gtest/gtest.h>

#include <random>

#include "imap/mailbox_name.h"

namespace roost::imap {
namespace {

bool matches(BytesView pattern, BytesView name) { return ListPattern("", pattern).matches(name); }

// What the RFC says, without regard to cost.
bool slow_match(BytesView pattern, BytesView name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] != '*' && pattern[0] != '%') {
    return !name.empty() && name[0] == pattern[0] && slow_match(pattern.substr(1), name.substr(1));
  }
  if (slow_match(pattern.substr(1), name)) return true;
  return !name.empty() && (pattern[0] == '*' || name[0] != '/') && slow_match(pattern, name.substr(1));
}

TEST(ListPattern, StopsPercentAtALevel) {
  EXPECT_TRUE(matches("%", "INBOX"));
  EXPECT_FALSE(matches("%", "a/b"));
  EXPECT_TRUE(matches("*", "a/b"));
  EXPECT_TRUE(matches("a/%", "a/b"));
  EXPECT_FALSE(matches("a/%", "a/b/c"));
  EXPECT_TRUE(matches("%/%", "a/b"));
  EXPECT_TRUE(matches("*b", "a/b"));
  EXPECT_FALSE(matches("a", "ab"));
  EXPECT_FALSE(matches("", "a"));
  EXPECT_TRUE(matches("", ""));
  EXPECT_FALSE(matches("INBOX", "inbox"));
}

TEST(ListPattern, FindsInboxInAnyCase) {
  for (BytesView pattern : {"INBOX", "inbox", "inb%", "InBo*", "inbox*", "*box", "%x"}) {
    EXPECT_TRUE(matches(pattern, "INBOX")) << pattern;
  }
  EXPECT_TRUE(matches("inbox/%", "INBOX/a"));
  EXPECT_TRUE(matches("inb*", "INBOX/a"));
  EXPECT_TRUE(ListPattern("", "inb%").matches_a_parent_of("INBOX/a"));
  EXPECT_TRUE(matches("inb%", "inboxes")) << "a name like any other";
  EXPECT_FALSE(matches("inboxe%", "INBOXES"));
  EXPECT_FALSE(matches("inbox/a", "INBOX/A"));
  EXPECT_FALSE(matches("a/inbox", "a/INBOX"));
}

TEST(ListPattern, HasNoFixedPrefixWhereInboxIsSpelledInAnotherWay) {
  EXPECT_EQ(ListPattern("", "INBOX/a%").fixed_prefix(), "INBOX/a");
  EXPECT_EQ(ListPattern("", "inbound%").fixed_prefix(), "inbound");
  EXPECT_EQ(ListPattern("", "inb%").fixed_prefix(), "");
}

TEST(ListPattern, JoinsTheReference) {
  EXPECT_TRUE(ListPattern("a/", "%").matches("a/b"));
  EXPECT_EQ(ListPattern("a/", "b%c").fixed_prefix(), "a/b");
}

TEST(ListPattern, FindsParents) {
  EXPECT_TRUE(ListPattern("", "%").matches_a_parent_of("a/b/c"));
  EXPECT_TRUE(ListPattern("", "a/%").matches_a_parent_of("a/b/c"));
  EXPECT_FALSE(ListPattern("", "a/%").matches_a_parent_of("a/b"));
  EXPECT_FALSE(ListPattern("", "b%").matches_a_parent_of("a/b/c"));
}

TEST(ListPattern, AgreesWithTheDefinition) {
  std::mt19937 rng(3);
  for (int round = 0; round < 200'000; ++round) {
    Bytes pattern, name;
    for (size_t i = rng() % 8; i > 0; --i) pattern += "ab/*%"[rng() % 5];
    for (size_t i = rng() % 8; i > 0; --i) name += "ab/"[rng() % 3];
    ASSERT_EQ(matches(pattern, name), slow_match(pattern, name)) << pattern << " " << name;
  }
}

TEST(ListPattern, IsLinearWhereBacktrackingIsNot) {
  Bytes name(kMailboxNameBytesMax, 'a');
  Bytes pattern;
  for (int i = 0; i < 400; ++i) pattern += "%*a";
  pattern += "b";
  ListPattern hostile("", pattern);
  for (int i = 0; i < 200; ++i) EXPECT_FALSE(hostile.matches(name));
}

TEST(ListPattern, SpansManyWords) {
  Bytes name(kMailboxNameBytesMax, 'a');
  EXPECT_TRUE(matches(name, name));
  EXPECT_TRUE(matches("*" + Bytes(500, 'a') + "%" + Bytes(499, 'a') + "*a", name));
  EXPECT_FALSE(matches(name + "a", name));
  EXPECT_FALSE(matches(Bytes(1'000'000, 'a'), name));
  EXPECT_TRUE(matches(Bytes(1'000'000, '%') + "*", name));
}

}  // namespace
}  // namespace roost::imap
