#include "imap/acl.h"

#include "imap/parsing_test.h"

namespace roost::imap {
namespace {

TEST(Acl, SetAclReplacesAddsOrRemoves) {
  auto set = parsed<SetAcl>("SETACL INBOX/Drafts David lrswida");
  EXPECT_EQ(set.mailbox, "INBOX/Drafts");
  EXPECT_EQ(set.identifier, "David");
  EXPECT_EQ(set.mode, SetAcl::Mode::replace);
  EXPECT_EQ(set.rights.spelled(), "lrswiteda");
  EXPECT_EQ(parsed<SetAcl>("SETACL INBOX/Drafts Chris +cda").mode, SetAcl::Mode::add);
  set = parsed<SetAcl>("setacl {5+}\r\ninbox \"-john\" \"-w\"");
  EXPECT_EQ(set.mailbox, "INBOX");
  EXPECT_EQ(set.identifier, "-john");
  EXPECT_EQ(set.mode, SetAcl::Mode::remove);
  EXPECT_EQ(set.rights, Rights(Right::write));
  EXPECT_TRUE(parsed<SetAcl>("SETACL INBOX john \"\"").rights.empty());
  EXPECT_TRUE(parsed<SetAcl>("SETACL INBOX john +").rights.empty());
}

TEST(Acl, OthersTakeAMailboxAndPerhapsAnIdentifier) {
  EXPECT_EQ(parsed<DeleteAcl>("DELETEACL INBOX fred").identifier, "fred");
  EXPECT_EQ(parsed<GetAcl>("GETACL a/b").mailbox, "a/b");
  EXPECT_EQ(parsed<ListRights>("LISTRIGHTS ~/Mail/saved smith").mailbox, "~/Mail/saved");
  EXPECT_EQ(parsed<ListRights>("LISTRIGHTS x \"\"").identifier, "");
  EXPECT_EQ(parsed<MyRights>("MYRIGHTS &ZeVnLIqe-").mailbox, "\u65e5\u672c\u8a9e");
}

TEST(Acl, RefusesWhatIsNotInTheGrammar) {
  expect_bad({"SETACL INBOX fred", "SETACL INBOX fred lr x", "SETACL INBOX fred lrQswicda", "SETACL INBOX fred lrq",
              "SETACL INBOX fred ++l", "DELETEACL INBOX", "DELETEACL INBOX a b", "GETACL", "GETACL a b",
              "LISTRIGHTS INBOX", "MYRIGHTS", "MYRIGHTS a b", "SETACL INBOX (a) l"});
}

TEST(Acl, ResponsesAreWholeLines) {
  Bytes out;
  AclPair acl[] = {{"fred", Rights::all()}, {"-john doe", Right::write}, {"empty", {}}};
  write_acl(out, "INBOX", acl, false);
  EXPECT_EQ(out, "* ACL INBOX fred lrswipkxtecda \"-john doe\" w empty \"\"\r\n");
  out.clear();
  write_acl(out, "a b", {}, false);
  EXPECT_EQ(out, "* ACL \"a b\"\r\n");
  out.clear();
  write_my_rights(out, "\u65e5", Right::lookup | Right::expunge, false);
  EXPECT_EQ(out, "* MYRIGHTS &ZeU- led\r\n");
  out.clear();
  write_list_rights(out, "INBOX", "smith", {}, false);
  EXPECT_EQ(out, "* LISTRIGHTS INBOX smith \"\" l r s w i p k x t e c d a\r\n");
  out.clear();
  write_list_rights(out, "INBOX", "bob", Right::lookup | Right::administer, false);
  EXPECT_EQ(out, "* LISTRIGHTS INBOX bob la r s w i p k x t e c d\r\n");
}

}  // namespace
}  // namespace roost::imap
