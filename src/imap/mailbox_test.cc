#include "imap/mailbox.h"

#include "imap/parsing_test.h"

namespace roost::imap {
namespace {

TEST(Create, IgnoresATrailingSeparator) {
  EXPECT_EQ(parsed<Create>("CREATE owatagusiam/").mailbox, "owatagusiam");
  EXPECT_EQ(parsed<Create>("Create a/b").mailbox, "a/b");
  EXPECT_TRUE(refused("CREATE a//").starts_with("NO "));
  EXPECT_TRUE(refused("CREATE /").starts_with("NO "));
}

TEST(Create, TakesASpecialUse) {
  EXPECT_EQ(parsed<Create>("CREATE MySpecial (USE (\\Drafts \\Sent \\drafts))").special_use,
            (std::vector<std::string>{"\\Drafts", "\\Sent"}));
  EXPECT_TRUE(parsed<Create>("CREATE x (USE ())").special_use.empty());
  expect_bad({"CREATE x ()", "CREATE x (USE)", "CREATE x (USE \\Sent)", "CREATE x (USE (Sent))", "CREATE x (FOO (a))"});
  expect_bad({"CREATE x (USE (\\Sent))"}, Dialect());
}

TEST(MailboxCommands, TakeOneName) {
  EXPECT_EQ(parsed<Delete>("DELETE blurdybloop").mailbox, "blurdybloop");
  EXPECT_EQ(parsed<Subscribe>("SUBSCRIBE #news.comp.mail.mime").mailbox, "#news.comp.mail.mime");
  EXPECT_EQ(parsed<Unsubscribe>("UNSUBSCRIBE \"#news\"").mailbox, "#news");
  expect_bad({"DELETE", "DELETE a b", "SUBSCRIBE ", "UNSUBSCRIBE a ", "DELETE a%"});
}

TEST(Rename, TakesTwoNames) {
  Rename r = parsed<Rename>("RENAME Entw&APw-rfe {3}\r\na/b");
  EXPECT_EQ(r.from, "Entwürfe");
  EXPECT_EQ(r.to, "a/b");
  expect_bad({"RENAME a", "RENAME a  b", "RENAME a b c"});
}

TEST(MailboxCommands, SpeakUtf8WhenItIsOn) {
  Dialect d = full_dialect();
  d.utf8_names = true;
  EXPECT_EQ(parsed<Delete>("DELETE \"Entwürfe\"", d).mailbox, "Entwürfe");
  EXPECT_EQ(parsed<Delete>("DELETE R&D", d).mailbox, "R&D");
  expect_bad({"DELETE \"\xff\""}, d);
}

}  // namespace
}  // namespace roost::imap
