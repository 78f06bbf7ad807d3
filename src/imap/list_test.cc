#include "imap/list.h"

#include "imap/parsing_test.h"

namespace roost::imap {
namespace {

TEST(List, TakesReferenceAndPattern) {
  List l = parsed<List>("LIST \"\" *");
  EXPECT_EQ(l.reference, "");
  EXPECT_EQ(l.patterns, std::vector<Bytes>{"*"});
  EXPECT_FALSE(l.extended);
  l = parsed<List>("LIST /usr/staff/jones \"\"");
  EXPECT_EQ(l.reference, "/usr/staff/jones");
  EXPECT_EQ(l.patterns, std::vector<Bytes>{""});
  EXPECT_EQ(parsed<List>("LIST ~/Mail/ %").patterns, std::vector<Bytes>{"%"});
  EXPECT_EQ(parsed<List>("LIST \"\" Entw&APw-r%").patterns, std::vector<Bytes>{"Entwür%"});
  EXPECT_TRUE(parsed<List>("LSUB \"#news.\" \"comp.mail.*\"").lsub);
}

TEST(List, TakesWhatClientsSend) {
  List l = parsed<List>("list (subscribed) \"\" \"*\" return (special-use)");
  EXPECT_TRUE(l.select.subscribed);
  EXPECT_TRUE(l.give.special_use);
  EXPECT_TRUE(l.extended);
  l = parsed<List>("LIST \"\" * RETURN (SUBSCRIBED STATUS (MESSAGES UIDNEXT HIGHESTMODSEQ) CHILDREN)");
  EXPECT_TRUE(l.give.subscribed && l.give.children);
  EXPECT_TRUE(l.give.status.has(StatusItem::highest_mod_seq));
  EXPECT_FALSE(l.give.status.has(StatusItem::unseen));
  EXPECT_TRUE(parsed<List>("LIST (SPECIAL-USE) \"\" *").select.special_use);
  EXPECT_TRUE(parsed<List>("LIST (RECURSIVEMATCH SUBSCRIBED) \"\" (*) RETURN ()").select.recursive_match);
}

TEST(List, TakesManyPatterns) {
  EXPECT_EQ(parsed<List>("LIST \"\" (INBOX \"Drafts\" Sent/%)").patterns,
            (std::vector<Bytes>{"INBOX", "Drafts", "Sent/%"}));
  std::string many = "LIST \"\" (";
  for (int i = 0; i < 200; ++i) many += "a ";
  many.back() = ')';
  EXPECT_TRUE(refused(many).starts_with("NO "));
}

TEST(List, RefusesWhatTheGrammarForbids) {
  expect_bad({"LIST", "LIST \"\"", "LIST * *", "LIST \"\" * RETURN", "LIST \"\" * RETURN CHILDREN",
              "LIST \"\" * FOO (CHILDREN)", "LIST (RECURSIVEMATCH) \"\" *", "LIST (REMOTE RECURSIVEMATCH) \"\" *",
              "LIST (FOO) \"\" *", "LIST (SUBSCRIBED )\"\" *", "LIST \"\" ()", "LIST \"\" * RETURN (STATUS ())",
              "LIST \"\" * RETURN (STATUS (FOO))", "LSUB (SUBSCRIBED) \"\" *", "LSUB \"\" (*)", "LIST \"\" a(b"});
}

TEST(List, KnowsOnlyWhatIsAnnounced) {
  Dialect d;
  expect_bad(
      {"LIST (SUBSCRIBED) \"\" *", "LIST \"\" (*)", "LIST \"\" * RETURN (CHILDREN)", "LIST (SPECIAL-USE) \"\" *"}, d);
  d.special_use = true;
  EXPECT_TRUE(parsed<List>("LIST (SPECIAL-USE) \"\" * RETURN (SPECIAL-USE)", d).select.special_use);
  expect_bad({"LIST (SUBSCRIBED) \"\" *", "LIST \"\" * RETURN (STATUS (MESSAGES))"}, d);
}

TEST(Status, NamesItems) {
  Status s = parsed<Status>("STATUS blurdybloop (UIDNEXT messages)");
  EXPECT_EQ(s.mailbox, "blurdybloop");
  EXPECT_TRUE(s.items.has(StatusItem::uid_next) && s.items.has(StatusItem::messages));
  EXPECT_TRUE(
      parsed<Status>("STATUS x (SIZE DELETED APPENDLIMIT MAILBOXID RECENT)").items.has(StatusItem::append_limit));
  expect_bad({"STATUS x", "STATUS x ()", "STATUS x MESSAGES", "STATUS x (MESSAGES", "STATUS x (MESSAGES )",
              "STATUS x (MESSAGESX)", "STATUS (MESSAGES)"});
  expect_bad({"STATUS x (SIZE)", "STATUS x (HIGHESTMODSEQ)", "STATUS x (APPENDLIMIT)"}, Dialect());
}

}  // namespace
}  // namespace roost::imap
