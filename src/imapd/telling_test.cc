// What sessions are told of each other's changes, word for word.
#include "imapd/telling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kMessage = "Subject: hello\r\n\r\nbody\r\n";

struct Telling : testing::Test {
  Telling() {
    TestClient setup(server);
    setup.log_in();
    for (int i = 0; i < 4; ++i) setup.append("INBOX", kMessage, i == 1 ? "(\\Flagged) " : "");
    setup.select("INBOX");  // claims \Recent
  }
  TestServer server;
};

TEST_F(Telling, AnAppendElsewhereIsToldAsExistsAndRecent) {
  TestClient one(server, "INBOX");
  TestClient two(server, "INBOX");
  two.append("INBOX", kMessage);
  EXPECT_EQ(one.run("NOOP"), "* 5 EXISTS\r\nOK NOOP completed.\r\n");  // `two` was told first: recent there
  EXPECT_EQ(one.run("NOOP"), "OK NOOP completed.\r\n");
}

TEST_F(Telling, TheFirstSessionThatIsToldHasTheMessageRecent) {
  TestClient one(server, "INBOX");
  TestClient two(server);
  two.log_in();
  two.append("INBOX", kMessage);
  EXPECT_EQ(one.run("NOOP"), "* 5 EXISTS\r\n* 1 RECENT\r\nOK NOOP completed.\r\n");
  EXPECT_THAT(two.select("INBOX"), HasSubstr("* 0 RECENT\r\n"));
  EXPECT_THAT(one.run("FETCH 5 FLAGS"), HasSubstr("\\Recent"));
  EXPECT_THAT(two.run("FETCH 5 FLAGS"), Not(HasSubstr("\\Recent")));
}

TEST_F(Telling, RecentIsToldAgainWhenRecentMessagesAreExpunged) {
  TestClient one(server, "INBOX");
  TestClient two(server);
  two.log_in();
  two.append("INBOX", kMessage);
  two.append("INBOX", kMessage);
  EXPECT_THAT(one.run("NOOP"), HasSubstr("* 2 RECENT\r\n"));
  two.select("INBOX");
  two.run("STORE 1,5 +FLAGS.SILENT (\\Deleted)");
  two.run("UID EXPUNGE 1");
  EXPECT_THAT(one.run("NOOP"), Not(HasSubstr("RECENT")));
  two.run("EXPUNGE");
  EXPECT_EQ(one.run("NOOP"), "* 4 EXPUNGE\r\n* 1 RECENT\r\nOK NOOP completed.\r\n");
}

TEST_F(Telling, ExamineAndStatusClaimNothing) {
  TestClient one(server);
  one.log_in();
  one.append("INBOX", kMessage);
  EXPECT_THAT(one.run("EXAMINE INBOX"), HasSubstr("* 1 RECENT\r\n"));
  EXPECT_THAT(one.run("STATUS INBOX (RECENT)"), HasSubstr("(RECENT 1)"));
  EXPECT_THAT(one.run("EXAMINE INBOX"), HasSubstr("* 1 RECENT\r\n"));
  EXPECT_THAT(one.select("INBOX"), HasSubstr("* 1 RECENT\r\n"));
  EXPECT_THAT(one.run("STATUS INBOX (RECENT)"), HasSubstr("(RECENT 0)"));
  EXPECT_THAT(one.select("INBOX"), HasSubstr("* 0 RECENT\r\n"));
}

TEST_F(Telling, FlagsOfOthersAreToldOnceWithTheirFinalState) {
  TestClient one(server, "INBOX");
  TestClient two(server, "INBOX");
  two.run("STORE 2 +FLAGS (\\Seen)");
  two.run("STORE 2 +FLAGS (\\Answered)");
  EXPECT_EQ(one.run("NOOP"), "* 2 FETCH (UID 2 FLAGS (\\Answered \\Flagged \\Seen))\r\nOK NOOP completed.\r\n");
  EXPECT_EQ(one.run("NOOP"), "OK NOOP completed.\r\n");
  EXPECT_EQ(two.run("NOOP"), "OK NOOP completed.\r\n");
}

TEST_F(Telling, ExpungesAreToldHighestFirst) {
  TestClient one(server, "INBOX");
  TestClient two(server, "INBOX");
  two.run("STORE 1,3 +FLAGS.SILENT (\\Deleted)");
  EXPECT_EQ(two.run("EXPUNGE"), "* 3 EXPUNGE\r\n* 1 EXPUNGE\r\nOK EXPUNGE completed.\r\n");
  EXPECT_EQ(one.run("NOOP"), "* 3 EXPUNGE\r\n* 1 EXPUNGE\r\nOK NOOP completed.\r\n");
  EXPECT_EQ(one.run("FETCH 1:2 UID"), "* 1 FETCH (UID 2)\r\n* 2 FETCH (UID 4)\r\nOK FETCH completed.\r\n");
}

TEST_F(Telling, NoExpungeDuringFetchStoreAndSearchByNumber) {
  TestClient one(server, "INBOX");
  TestClient two(server, "INBOX");
  two.run("STORE 1 +FLAGS.SILENT (\\Deleted)");
  two.run("EXPUNGE");
  EXPECT_EQ(one.run("FETCH 4 UID"), "* 4 FETCH (UID 4)\r\nOK FETCH completed.\r\n");
  EXPECT_EQ(one.run("SEARCH ALL"), "* SEARCH 2 3 4\r\nOK [EXPUNGEISSUED] SEARCH completed.\r\n");
  EXPECT_EQ(one.run("STORE 2 +FLAGS (\\Seen)"), "* 2 FETCH (FLAGS (\\Flagged \\Seen))\r\nOK STORE completed.\r\n");
  EXPECT_EQ(one.run("UID SEARCH ALL"), "* SEARCH 2 3 4\r\n* 1 EXPUNGE\r\nOK SEARCH completed.\r\n");
}

TEST_F(Telling, ArrivalsAreCountedOnTopOfGhosts) {
  TestClient one(server, "INBOX");
  TestClient two(server, "INBOX");
  two.run("STORE 2 +FLAGS.SILENT (\\Deleted)");
  two.run("EXPUNGE");
  two.append("INBOX", kMessage);
  EXPECT_EQ(one.run("FETCH 4 UID"), "* 4 FETCH (UID 4)\r\n* 5 EXISTS\r\nOK FETCH completed.\r\n");
  EXPECT_EQ(one.run("FETCH 5 UID"), "* 5 FETCH (UID 5)\r\nOK FETCH completed.\r\n");
  EXPECT_EQ(one.run("NOOP"), "* 2 EXPUNGE\r\nOK NOOP completed.\r\n");
  EXPECT_EQ(one.run("FETCH 4 UID"), "* 4 FETCH (UID 5)\r\nOK FETCH completed.\r\n");
}

TEST_F(Telling, WhatCameAndWentInBetweenIsNeverMentioned) {
  TestClient one(server, "INBOX");
  TestClient two(server, "INBOX");
  two.append("INBOX", kMessage, "(\\Deleted) ");
  two.run("EXPUNGE");
  EXPECT_EQ(one.run("NOOP"), "OK NOOP completed.\r\n");
  two.append("INBOX", kMessage);
  EXPECT_EQ(one.run("NOOP"), "* 5 EXISTS\r\nOK NOOP completed.\r\n");
  EXPECT_EQ(one.run("FETCH * UID"), "* 5 FETCH (UID 6)\r\nOK FETCH completed.\r\n");
}

TEST_F(Telling, AnExpungedMessageStaysReadableUntilItIsTold) {
  TestClient one(server, "INBOX");
  TestClient two(server, "INBOX");
  two.run("STORE 2 +FLAGS.SILENT (\\Deleted)");
  two.run("EXPUNGE");
  EXPECT_EQ(one.run("FETCH 2 (UID BODY.PEEK[])"),
            "* 2 FETCH (UID 2 BODY[] {24}\r\nSubject: hello\r\n\r\nbody\r\n)\r\nOK FETCH completed.\r\n");
  EXPECT_EQ(one.run("FETCH 2 (BODY[TEXT])"), "* 2 FETCH (BODY[TEXT] {6}\r\nbody\r\n)\r\nOK FETCH completed.\r\n");
  EXPECT_EQ(one.run("NOOP"), "* 2 EXPUNGE\r\nOK NOOP completed.\r\n");
}

TEST_F(Telling, StoreAndCopyOfAnExpungedMessageSayExpungeIssued) {
  TestClient one(server, "INBOX");
  TestClient two(server, "INBOX");
  two.run("STORE 2 +FLAGS.SILENT (\\Deleted)");
  two.run("EXPUNGE");
  EXPECT_EQ(one.run("STORE 1:2 +FLAGS (\\Seen)"),
            "* 1 FETCH (FLAGS (\\Seen))\r\nNO [EXPUNGEISSUED] Some of the messages have been deleted.\r\n");
  EXPECT_EQ(one.run("COPY 2 INBOX"), "NO [EXPUNGEISSUED] Some of the messages have been deleted.\r\n");
  EXPECT_EQ(one.run("UID STORE 2 +FLAGS (\\Seen)"), "* 2 EXPUNGE\r\nOK STORE completed.\r\n");
}

TEST_F(Telling, StoreAndCopyOfAMessageThatIsExpungedJustNowSayExpungeIssued) {
  TestClient one(server, "INBOX");
  TestClient two(server, "INBOX");
  two.run("STORE 2:3 +FLAGS.SILENT (\\Deleted)");
  one.run("NOOP");
  two.post("e UID EXPUNGE 2\r\n");
  EXPECT_EQ(one.run("STORE 1:2 +FLAGS (\\Seen)"),
            "* 1 FETCH (FLAGS (\\Seen))\r\nNO [EXPUNGEISSUED] Some of the messages have been deleted.\r\n");
  EXPECT_EQ(one.run("NOOP"), "* 2 EXPUNGE\r\nOK NOOP completed.\r\n");
  two.post("e UID EXPUNGE 3\r\n");
  EXPECT_EQ(one.run("COPY 1:2 INBOX"), "NO [EXPUNGEISSUED] Some of the messages have been deleted.\r\n");
  EXPECT_EQ(one.run("NOOP"), "* 2 EXPUNGE\r\nOK NOOP completed.\r\n");
}

TEST_F(Telling, ASilentStoreIsNotToldToItselfButToOthers) {
  TestClient one(server, "INBOX");
  TestClient two(server, "INBOX");
  EXPECT_EQ(one.run("STORE 1 +FLAGS.SILENT (\\Seen)"), "OK STORE completed.\r\n");
  EXPECT_EQ(one.run("NOOP"), "OK NOOP completed.\r\n");
  EXPECT_EQ(two.run("NOOP"), "* 1 FETCH (UID 1 FLAGS (\\Seen))\r\nOK NOOP completed.\r\n");
}

TEST_F(Telling, ASilentStoreIsToldWhereSomebodyElseInterfered) {
  TestClient one(server, "INBOX");
  TestClient two(server, "INBOX");
  two.run("STORE 1 +FLAGS.SILENT (\\Flagged)");
  EXPECT_EQ(one.run("STORE 1:3 +FLAGS.SILENT (\\Seen)"),
            "* 1 FETCH (UID 1 FLAGS (\\Flagged \\Seen))\r\nOK STORE completed.\r\n");
}

TEST_F(Telling, NewKeywordsAreAnnouncedBeforeTheFlagsThatNameThem) {
  TestClient one(server, "INBOX");
  TestClient two(server, "INBOX");
  two.run("STORE 1 +FLAGS.SILENT ($Work)");
  EXPECT_EQ(one.run("NOOP"),
            "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Work)\r\n"
            "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Work \\*)] More keywords.\r\n"
            "* 1 FETCH (UID 1 FLAGS ($Work))\r\nOK NOOP completed.\r\n");
}

TEST_F(Telling, AMailboxDeletedElsewhereEndsTheSession) {
  TestClient one(server);
  one.log_in();
  one.run("CREATE box");
  one.select("box");
  TestClient two(server);
  two.log_in();
  EXPECT_EQ(two.run("DELETE box"), "OK DELETE completed.\r\n");
  EXPECT_THAT(one.run("NOOP"), HasSubstr("* BYE "));
  EXPECT_TRUE(one.closed());
}

TEST_F(Telling, ARenameOfTheSelectedMailboxChangesNothing) {
  TestClient one(server);
  one.log_in();
  one.run("CREATE box");
  one.append("box", kMessage);
  one.select("box");
  TestClient two(server);
  two.log_in();
  EXPECT_EQ(two.run("RENAME box other"), "OK RENAME completed.\r\n");
  EXPECT_EQ(one.run("FETCH 1 UID"), "* 1 FETCH (UID 1)\r\nOK FETCH completed.\r\n");
  two.append("other", kMessage);
  EXPECT_THAT(one.run("NOOP"), HasSubstr("* 2 EXISTS\r\n"));
}

TEST_F(Telling, RenamingInboxEmptiesItForWhoHasItSelected) {
  TestClient one(server, "INBOX");
  TestClient two(server);
  two.log_in();
  EXPECT_EQ(two.run("RENAME INBOX old"), "OK RENAME completed.\r\n");
  EXPECT_EQ(one.run("NOOP"), "* 4 EXPUNGE\r\n* 3 EXPUNGE\r\n* 2 EXPUNGE\r\n* 1 EXPUNGE\r\nOK NOOP completed.\r\n");
  EXPECT_THAT(two.select("old"), HasSubstr("* 4 EXISTS\r\n"));
}

TEST_F(Telling, RenamingAnInboxWithGapsTellsJustWhatTheClientKnew) {
  TestClient one(server, "INBOX");
  one.run("STORE 2 +FLAGS.SILENT (\\Deleted)");
  one.run("EXPUNGE");
  TestClient two(server);
  two.log_in();
  two.run("RENAME INBOX old");
  EXPECT_EQ(one.run("NOOP"), "* 3 EXPUNGE\r\n* 2 EXPUNGE\r\n* 1 EXPUNGE\r\nOK NOOP completed.\r\n");
}

// The uids are those that the client knows, and none of them stays \Recent.
TEST_F(Telling, RenamingAnInboxWithGapsVanishesTheMessagesThatThereWere) {
  TestClient one(server);
  one.log_in();
  one.run("ENABLE QRESYNC");
  one.select("INBOX");
  one.append("INBOX", kMessage);
  one.run("NOOP");
  TestClient two(server, "INBOX");
  two.run("STORE 2 +FLAGS.SILENT (\\Deleted)");
  two.run("EXPUNGE");
  one.run("NOOP");
  two.run("STORE 2 +FLAGS.SILENT (\\Deleted)");
  two.run("EXPUNGE");
  two.run("RENAME INBOX old");
  EXPECT_THAT(one.run("NOOP"), testing::StartsWith("* VANISHED 1,3:5\r\n"));
  two.run("UNSELECT");
  two.append("INBOX", kMessage);
  EXPECT_THAT(one.run("NOOP"), testing::StartsWith("* 1 EXISTS\r\n* 1 RECENT\r\n"));
}

TEST_F(Telling, IdleIsToldAtOnce) {
  TestClient one(server, "INBOX");
  TestClient two(server);
  two.log_in();
  EXPECT_EQ(one.send("I IDLE\r\n"), "+ idling\r\n");
  EXPECT_EQ(server.services.stats.idling, 1u);
  two.append("INBOX", kMessage);
  EXPECT_EQ(one.take(), "* 5 EXISTS\r\n* 1 RECENT\r\n");
  two.select("INBOX");
  two.run("STORE 1 +FLAGS.SILENT (\\Seen)");
  EXPECT_EQ(one.take(), "* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n");
  two.run("STORE 1 +FLAGS.SILENT (\\Deleted)");
  two.run("EXPUNGE");
  EXPECT_THAT(one.take(), testing::EndsWith("* 1 EXPUNGE\r\n"));
  EXPECT_EQ(one.send("DONE\r\n"), "I OK IDLE completed.\r\n");
  EXPECT_EQ(server.services.stats.idling, 0u);
}

}  // namespace
}  // namespace roost::imapd
