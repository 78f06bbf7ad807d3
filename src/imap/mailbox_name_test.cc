#include "imap/mailbox_name.h"

#include <gtest/gtest.h>

namespace roost::imap {
namespace {

Bytes spelled(BytesView name, bool utf8) {
  Bytes out;
  write_mailbox(out, name, utf8);
  return out;
}

Code code_for(BytesView wire, bool utf8 = false) {
  auto name = normalize_mailbox_name(wire, utf8);
  EXPECT_FALSE(name) << wire;
  EXPECT_EQ(name ? Error::Kind::fault : name.error().kind, Error::Kind::no);
  return name ? Code::none : name.error().code;
}

TEST(MailboxName, IsUtf8Inside) {
  EXPECT_EQ(normalize_mailbox_name("Entw&APw-rfe", false).value(), "Entwürfe");
  EXPECT_EQ(normalize_mailbox_name("Entwürfe", true).value(), "Entwürfe");
  EXPECT_EQ(normalize_mailbox_name("R&D", true).value(), "R&D");
}

TEST(MailboxName, IsComposedWhereUtf8IsOn) {
  EXPECT_EQ(normalize_mailbox_name("u\xcc\x88", true).value(), "\xc3\xbc");
  EXPECT_EQ(normalize_mailbox_name("u&Awg-", false).value(), "u\xcc\x88");
}

TEST(MailboxName, KnowsInboxInAnyCase) {
  EXPECT_EQ(normalize_mailbox_name("inBox", false).value(), "INBOX");
  EXPECT_EQ(normalize_mailbox_name("inbox/sub", false).value(), "INBOX/sub");
  EXPECT_EQ(normalize_mailbox_name("inboxes", false).value(), "inboxes");
  EXPECT_EQ(decode_list_pattern("inbox/*", false), "INBOX/*");
  EXPECT_EQ(decode_list_pattern("inbox*", false), "inbox*") << "inboxes too; ListPattern knows INBOX";
}

TEST(MailboxName, TakesDotsForText) {
  EXPECT_EQ(normalize_mailbox_name("../../etc/passwd", false).value(), "../../etc/passwd");
}

TEST(MailboxName, RefusesWhatCannotBeAName) {
  for (const char* wrong :
       {"", "/a", "a/", "a//b", "/", "a&b", "a\x01", "&AAA-", "&AIA-", "&ICg-", "a\xc3\xbc", "a\x7f"}) {
    EXPECT_EQ(code_for(wrong), Code::cannot) << wrong;
  }
  for (const char* wrong : {"a\xff", "a\xc2\x80", "\xe2\x80\xa9", "\xed\xa0\x80"})
    EXPECT_EQ(code_for(wrong, true), Code::cannot);
}

TEST(MailboxName, HasLimits) {
  EXPECT_TRUE(normalize_mailbox_name(Bytes(kMailboxNameBytesMax, 'x'), false));
  EXPECT_EQ(code_for(Bytes(kMailboxNameBytesMax + 1, 'x')), Code::limit);
  EXPECT_EQ(code_for(Bytes(1'000'000, 'x')), Code::limit);
  Bytes deep = "a";
  for (size_t i = 1; i < kMailboxLevelsMax; ++i) deep += "/a";
  EXPECT_TRUE(normalize_mailbox_name(deep, false));
  EXPECT_EQ(code_for(deep + "/a"), Code::limit);
}

TEST(MailboxName, IsWrittenAsAnAtomWherePossible) {
  EXPECT_EQ(spelled("INBOX", false), "INBOX");
  EXPECT_EQ(spelled("Entwürfe", false), "Entw&APw-rfe");
  EXPECT_EQ(spelled("Entwürfe", true), "\"Entwürfe\"");
  EXPECT_EQ(spelled("Sent Items", false), "\"Sent Items\"");
  EXPECT_EQ(spelled("a\"b\\", false), "\"a\\\"b\\\\\"");
  EXPECT_EQ(spelled("nil", false), "\"nil\"");
  EXPECT_EQ(spelled("a*b%", false), "\"a*b%\"");
  EXPECT_EQ(spelled("", false), "\"\"");
  EXPECT_EQ(spelled("R&D", true), "R&D");
}

}  // namespace
}  // namespace roost::imap
