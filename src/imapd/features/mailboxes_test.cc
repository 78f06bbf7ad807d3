// CREATE, DELETE, RENAME, LIST, LSUB, STATUS and their kin.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Mailboxes : testing::Test {
  Mailboxes() : client(server) { client.log_in(); }
  TestServer server;
  TestClient client;
};

TEST_F(Mailboxes, ListShowsTheHierarchy) {
  client.run("CREATE foo/bar/zap");
  EXPECT_EQ(client.run("LIST \"\" *"),
            "* LIST (\\HasNoChildren) \"/\" INBOX\r\n"
            "* LIST (\\HasChildren) \"/\" foo\r\n"
            "* LIST (\\HasChildren) \"/\" foo/bar\r\n"
            "* LIST (\\HasNoChildren) \"/\" foo/bar/zap\r\n"
            "OK LIST completed.\r\n");
  EXPECT_EQ(client.run("LIST foo/ %"), "* LIST (\\HasChildren) \"/\" foo/bar\r\nOK LIST completed.\r\n");
  EXPECT_EQ(client.run("LIST \"\" inbox"), "* LIST (\\HasNoChildren) \"/\" INBOX\r\nOK LIST completed.\r\n");
}

TEST_F(Mailboxes, ListOfNothingAsksForTheSeparator) {
  EXPECT_EQ(client.run("LIST \"\" \"\""), "* LIST (\\Noselect) \"/\" \"\"\r\nOK LIST completed.\r\n");
}

TEST_F(Mailboxes, ADeletedMailboxWithChildrenStaysAsNoselect) {
  client.run("CREATE foo/bar");
  EXPECT_EQ(client.run("DELETE foo"), "OK DELETE completed.\r\n");
  EXPECT_THAT(client.run("LIST \"\" foo"), StartsWith("* LIST (\\Noselect \\HasChildren) \"/\" foo\r\n"));
  EXPECT_THAT(client.run("SELECT foo"), StartsWith("NO [NONEXISTENT]"));
  EXPECT_THAT(client.run("DELETE foo"), StartsWith("NO "));
  EXPECT_EQ(client.run("DELETE foo/bar"), "OK DELETE completed.\r\n");
}

TEST_F(Mailboxes, ErrorsHaveTheirCodes) {
  client.run("CREATE box");
  EXPECT_THAT(client.run("CREATE box"), StartsWith("NO [ALREADYEXISTS]"));
  EXPECT_THAT(client.run("CREATE inbox"), StartsWith("NO [ALREADYEXISTS]"));
  EXPECT_THAT(client.run("DELETE nobox"), StartsWith("NO [NONEXISTENT]"));
  EXPECT_THAT(client.run("DELETE INBOX"), StartsWith("NO [CANNOT]"));
  EXPECT_THAT(client.run("RENAME nobox other"), StartsWith("NO [NONEXISTENT]"));
  EXPECT_THAT(client.run("RENAME box INBOX"), StartsWith("NO [ALREADYEXISTS]"));
  EXPECT_THAT(client.run("CREATE a//b"), StartsWith("NO [CANNOT]"));
  EXPECT_THAT(client.run("SELECT nobox"), StartsWith("NO [NONEXISTENT]"));
  EXPECT_THAT(client.run("STATUS nobox (MESSAGES)"), StartsWith("NO [NONEXISTENT]"));
}

TEST_F(Mailboxes, CreateWithASpecialUseShowsItInList) {
  EXPECT_THAT(client.run("CREATE Gesendet (USE (\\Sent))"), StartsWith("OK [MAILBOXID ("));
  EXPECT_THAT(client.run("LIST \"\" Gesendet"), StartsWith("* LIST (\\HasNoChildren \\Sent) \"/\" Gesendet\r\n"));
  EXPECT_EQ(client.run("LIST (SPECIAL-USE) \"\" *"),
            "* LIST (\\HasNoChildren \\Sent) \"/\" Gesendet\r\nOK LIST completed.\r\n");
  EXPECT_THAT(client.run("CREATE Alles (USE (\\All))"), StartsWith("NO [USEATTR]"));
}

TEST_F(Mailboxes, DeletingTheSelectedMailboxDeselectsIt) {
  client.run("CREATE box");
  client.select("box");
  EXPECT_THAT(client.run("DELETE box"), testing::EndsWith("OK DELETE completed.\r\n"));
  EXPECT_THAT(client.run("FETCH 1 FLAGS"), StartsWith("BAD"));
  EXPECT_FALSE(client.closed());
}

TEST_F(Mailboxes, LsubFollowsTheRulesOfPercent) {
  client.run("SUBSCRIBE foo/bar");
  client.run("SUBSCRIBE news");
  client.run("CREATE news");
  EXPECT_EQ(client.run("LSUB \"\" %"),
            "* LSUB (\\Noselect) \"/\" foo\r\n* LSUB () \"/\" news\r\nOK LSUB completed.\r\n");
  EXPECT_THAT(client.run("LSUB \"\" *"), HasSubstr(" foo/bar\r\n"));
  EXPECT_THAT(client.run("LSUB \"\" *"), Not(HasSubstr(" foo\r\n")));
  EXPECT_EQ(client.run("UNSUBSCRIBE foo/bar"), "OK UNSUBSCRIBE completed.\r\n");
  EXPECT_EQ(client.run("LSUB \"\" %"), "* LSUB () \"/\" news\r\nOK LSUB completed.\r\n");
}

TEST_F(Mailboxes, StatusCounts) {
  client.append("INBOX", "Subject: x\r\n\r\n", "(\\Seen) ");
  client.append("INBOX", "Subject: y\r\n\r\n");
  EXPECT_THAT(client.run("STATUS INBOX (MESSAGES UNSEEN UIDNEXT RECENT)"),
              StartsWith("* STATUS INBOX (MESSAGES 2 RECENT 2 UIDNEXT 3 UNSEEN 1)\r\n"));
  EXPECT_THAT(client.run("STATUS INBOX (APPENDLIMIT)"), HasSubstr("APPENDLIMIT 67108864"));
}

TEST_F(Mailboxes, NamesAreModifiedUtf7OnTheWire) {
  EXPECT_THAT(client.run("CREATE \"Entw&APw-rfe\""), StartsWith("OK [MAILBOXID ("));
  EXPECT_THAT(client.run("LIST \"\" Ent*"), HasSubstr("Entw&APw-rfe"));
}

TEST_F(Mailboxes, RenameTakesTheTreeAlong) {
  client.run("CREATE foo/bar");
  EXPECT_EQ(client.run("RENAME foo zap/gap"), "OK RENAME completed.\r\n");
  EXPECT_THAT(client.run("LIST \"\" *"), HasSubstr(" zap/gap/bar\r\n"));
}

TEST_F(Mailboxes, NamespaceIsOneAndPersonal) {
  EXPECT_EQ(client.run("NAMESPACE"),
            "* NAMESPACE ((\"\" \"/\")) ((\"Other Users/\" \"/\")) NIL\r\nOK NAMESPACE completed.\r\n");
}

TEST_F(Mailboxes, EnableOfTheUnknownIsOk) {
  EXPECT_EQ(client.run("ENABLE X-SOMETHING"), "* ENABLED\r\nOK ENABLE completed.\r\n");
}

TEST_F(Mailboxes, IdAnswers) {
  EXPECT_EQ(client.run("ID (\"name\" \"test\" \"version\" NIL)"), "* ID (\"name\" \"Roost\")\r\nOK ID completed.\r\n");
  EXPECT_THAT(client.run("ID NIL"), testing::EndsWith("OK ID completed.\r\n"));
}

}  // namespace
}  // namespace roost::imapd
