#include "imap/select.h"

#include "imap/parsing_test.h"

namespace roost::imap {
namespace {

Bytes text(const UidSet& set) {
  Bytes out;
  write_uid_set(out, set);
  return out;
}

TEST(Select, NamesAMailbox) {
  Select s = parsed<Select>("SELECT inbox");
  EXPECT_EQ(s.mailbox, "INBOX");
  EXPECT_FALSE(s.read_only);
  EXPECT_TRUE(parsed<Select>("examine \"Sent Items\"").read_only);
  EXPECT_EQ(parsed<Select>("SELECT {5+}\r\na &-b").mailbox, "a &b");
  EXPECT_EQ(parsed<Select>("EXAMINE DOES.NOT.EXIST").mailbox, "DOES.NOT.EXIST");
}

TEST(Select, KeepsTheClientsSpellingWhereNamesAreUtf8) {
  Dialect utf8 = full_dialect();
  utf8.utf8_names = true;
  EXPECT_EQ(parsed<Select>("SELECT inbox", utf8).supplied, "inbox");
  EXPECT_EQ(parsed<Select>("SELECT INBOX", utf8).supplied, "");
  Select s = parsed<Select>("SELECT \"Gru\xcc\x88n\"", utf8);
  EXPECT_EQ(s.mailbox, "Gr\xc3\xbcn");
  EXPECT_EQ(s.supplied, "Gru\xcc\x88n");
  utf8.utf8_names = false;
  EXPECT_EQ(parsed<Select>("SELECT inbox", utf8).supplied, "");
}

TEST(Select, SaysNoToANameThatCannotBe) {
  EXPECT_TRUE(refused("SELECT &bad").starts_with("NO "));
  EXPECT_TRUE(refused("SELECT \"\"").starts_with("NO "));
  EXPECT_TRUE(refused("SELECT a//b").starts_with("NO "));
}

TEST(Select, TakesParameters) {
  EXPECT_TRUE(parsed<Select>("select \"INBOX\" (CONDSTORE)").condstore);
  Select s = parsed<Select>("SELECT INBOX (QRESYNC (67890007 90060115194045000 41:211,214:541))");
  EXPECT_EQ(s.qresync->uid_validity, UidValidity(67890007));
  EXPECT_EQ(s.qresync->mod_seq, ModSeq(90060115194045000));
  EXPECT_EQ(text(*s.qresync->known_uids), "41:211,214:541");
  s = parsed<Select>("SELECT x (CONDSTORE QRESYNC (1 2 1:120 (1:120 1:120)))");
  EXPECT_TRUE(s.condstore);
  EXPECT_EQ(text(s.qresync->known_number_uids), "1:120");
  s = parsed<Select>("EXAMINE x (QRESYNC (1 2 (5,9,23 6,12,29)))");
  EXPECT_FALSE(s.qresync->known_uids);
  EXPECT_EQ(s.qresync->known_numbers.size(), 3u);
  EXPECT_TRUE(parsed<Select>("EXAMINE x (QRESYNC (1 2))").qresync);
}

TEST(Select, RefusesWrongParameters) {
  expect_bad({"SELECT", "SELECT a b", "SELECT x ()", "SELECT x (FOO)", "SELECT x (CONDSTORE",
              "SELECT x (QRESYNC (1 0))", "SELECT x (QRESYNC (0 1))", "SELECT x (QRESYNC (1 2 1:*))",
              "SELECT x (QRESYNC (1 2 (1 1:2)))", "SELECT x (QRESYNC 1 2)", "SELECT x (QRESYNC (1 2 ))",
              "SELECT x (QRESYNC (1 9223372036854775808))", "SELECT x (QRESYNC (1 2) QRESYNC (1 2))", "SELECT a*"});
  expect_bad({"SELECT INBOX (CONDSTORE)", "SELECT INBOX (QRESYNC (1 2))"}, Dialect());
}

}  // namespace
}  // namespace roost::imap
