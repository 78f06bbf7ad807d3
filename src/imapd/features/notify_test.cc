#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kMessage = "Subject: s\r\n\r\nt\r\n";

// One who is told, and another who does things.
struct Notified : testing::Test {
  explicit Notified(ImapdConfig config = {}) : server(std::move(config)), told(server), doer(server) {
    told.log_in();
    doer.log_in();
    doer.run("CREATE box");
  }
  // What is told of it, without being asked.
  std::string after(std::string_view command) {
    EXPECT_THAT(doer.run(command), HasSubstr("OK ")) << command;
    return told.take();
  }
  std::string after_append(std::string_view mailbox) {
    doer.append(mailbox, kMessage);
    return told.take();
  }

  TestServer server;
  TestClient told;
  TestClient doer;
};

TEST_F(Notified, OfMessagesInOtherMailboxesByStatus) {
  EXPECT_EQ(told.run("NOTIFY SET (mailboxes box (MessageNew MessageExpunge))"), "OK NOTIFY completed.\r\n");
  EXPECT_THAT(after_append("box"),
              testing::MatchesRegex("\\* STATUS box \\(MESSAGES 1 UIDNEXT 2 UIDVALIDITY [0-9]+\\)\r\n"));
  EXPECT_EQ(after_append("INBOX"), "") << "not asked for";
  doer.select("box");
  EXPECT_EQ(after("STORE 1 +FLAGS (\\Deleted)"), "");
  EXPECT_THAT(after("EXPUNGE"), HasSubstr("STATUS box (MESSAGES 0 UIDNEXT 2 "));
}

TEST_F(Notified, OfFlagsInOtherMailboxes) {
  doer.append("box", kMessage);
  doer.select("box");
  told.run("NOTIFY SET (personal (MessageNew MessageExpunge FlagChange))");
  EXPECT_THAT(after("STORE 1 +FLAGS (\\Seen)"),
              testing::MatchesRegex("\\* STATUS box \\(UIDVALIDITY [0-9]+ UNSEEN 0\\)\r\n"));
  EXPECT_EQ(after("STORE 1 +FLAGS (\\Seen)"), "") << "nothing changed";
  told.run("STATUS INBOX (HIGHESTMODSEQ)");
  EXPECT_THAT(after("STORE 1 -FLAGS (\\Seen)"), HasSubstr("UNSEEN 1 HIGHESTMODSEQ "));
}

TEST_F(Notified, ByStatusOfWhereThingsStandWhereItIsAskedFor) {
  doer.append("box", kMessage);
  told.select("INBOX");
  EXPECT_THAT(told.run("NOTIFY SET STATUS (personal (MessageNew MessageExpunge FlagChange))"),
              testing::MatchesRegex("\\* STATUS box \\(MESSAGES 1 UIDNEXT 2 UIDVALIDITY [0-9]+ UNSEEN 1 HIGHESTMODSEQ "
                                    "[0-9]+\\)\r\nOK NOTIFY completed.\r\n"));
  EXPECT_EQ(told.run("NOTIFY SET STATUS (personal (MailboxName))"), "OK NOTIFY completed.\r\n");
}

TEST_F(Notified, OfTheSelectedMailboxAtOnce) {
  doer.append("INBOX", kMessage);
  told.select("INBOX");
  told.run("NOTIFY SET (selected (MessageNew (FLAGS) MessageExpunge FlagChange))");
  EXPECT_EQ(after_append("INBOX"), "* 2 EXISTS\r\n* 2 RECENT\r\n* 2 FETCH (UID 2 FLAGS (\\Recent))\r\n");
  doer.select("INBOX");
  EXPECT_EQ(after("STORE 1 +FLAGS (\\Deleted)"), "* 1 FETCH (UID 1 FLAGS (\\Deleted \\Recent))\r\n");
  EXPECT_EQ(after("EXPUNGE"), "* 1 EXPUNGE\r\n* 1 RECENT\r\n");
}

TEST_F(Notified, OfExpungesLaterWhereTheyAreDelayed) {
  doer.append("INBOX", kMessage);
  doer.append("INBOX", kMessage);
  told.select("INBOX");
  told.run("NOTIFY SET (selected-delayed (MessageNew MessageExpunge))");
  doer.select("INBOX");
  doer.run("STORE 1 +FLAGS (\\Deleted)");
  EXPECT_EQ(after("EXPUNGE"), "");
  EXPECT_EQ(told.run("FETCH 2 UID"), "* 2 FETCH (UID 2)\r\nOK FETCH completed.\r\n");
  EXPECT_EQ(told.run("NOOP"), "* 1 EXPUNGE\r\n* 1 RECENT\r\nOK NOOP completed.\r\n") << "flags were not asked for";
}

TEST_F(Notified, OfNothingWhereNoneIsAskedFor) {
  doer.append("INBOX", kMessage);
  doer.append("INBOX", kMessage);
  told.select("INBOX");
  told.run("NOTIFY NONE");
  doer.select("INBOX");
  doer.run("STORE 1 +FLAGS (\\Deleted)");
  doer.run("EXPUNGE");
  EXPECT_EQ(after_append("INBOX"), "");
  EXPECT_EQ(told.run("NOOP"), "OK NOOP completed.\r\n");
  EXPECT_THAT(told.run("UID FETCH 1:* UID"), AllOf(HasSubstr("* 1 FETCH (UID 1)"), HasSubstr("* 2 FETCH (UID 2)")))
      << "expunged, and not told of";
  EXPECT_EQ(told.run("NOTIFY SET (selected (MessageNew MessageExpunge))"),
            "* 1 EXPUNGE\r\n* 2 EXISTS\r\n* 1 RECENT\r\nOK NOTIFY completed.\r\n");
}

TEST_F(Notified, OfItsOwnExpungesInAnyCase) {
  doer.append("INBOX", kMessage);
  told.select("INBOX");
  told.run("NOTIFY NONE");
  told.run("STORE 1 +FLAGS.SILENT (\\Deleted)");
  EXPECT_EQ(told.run("EXPUNGE"), "* 1 EXPUNGE\r\n* 0 RECENT\r\nOK EXPUNGE completed.\r\n");
}

TEST_F(Notified, NotOfWhatItDidItself) {
  told.run(
      "NOTIFY SET (selected (MessageNew (UID) MessageExpunge)) "
      "(personal (MessageNew MessageExpunge MailboxName SubscriptionChange MailboxMetadataChange))");
  EXPECT_THAT(told.append("box", kMessage), Not(HasSubstr("STATUS")));
  EXPECT_THAT(told.run("CREATE mine/deep"), Not(HasSubstr("LIST")));
  EXPECT_THAT(told.run("RENAME mine yours"), Not(HasSubstr("LIST")));
  EXPECT_THAT(told.run("SUBSCRIBE yours"), Not(HasSubstr("LIST")));
  EXPECT_THAT(told.run("UNSUBSCRIBE yours"), Not(HasSubstr("LIST")));
  EXPECT_THAT(told.run("DELETE yours/deep"), Not(HasSubstr("LIST")));
  EXPECT_THAT(told.run("SETMETADATA box (/shared/comment \"x\")"), StartsWith("OK "));
  told.select("INBOX");
  EXPECT_THAT(told.append("INBOX", kMessage), AllOf(HasSubstr("* 1 EXISTS"), Not(HasSubstr("FETCH"))));
  EXPECT_THAT(told.run("COPY 1 box"), Not(HasSubstr("STATUS")));
  EXPECT_EQ(told.take(), "");
}

TEST_F(Notified, OfWhatAnotherDidToTheNameThatItsOwnCommandFailedFor) {
  told.run("NOTIFY SET (personal (MailboxName))");
  doer.post("x CREATE both\r\n");
  EXPECT_THAT(told.run("CREATE both"),
              AllOf(HasSubstr("ALREADYEXISTS"), HasSubstr("LIST (\\HasNoChildren) \"/\" both")));
}

TEST_F(Notified, OfNames) {
  told.run("NOTIFY SET (personal (MailboxName))");
  EXPECT_EQ(after("CREATE new"), "* LIST (\\HasNoChildren) \"/\" new\r\n");
  EXPECT_EQ(after("RENAME new newer"), "* LIST (\\HasNoChildren) \"/\" newer (\"OLDNAME\" (new))\r\n");
  EXPECT_EQ(after("DELETE newer"), "* LIST (\\NonExistent) \"/\" newer\r\n");
  EXPECT_EQ(after("CREATE a/b"), "* LIST (\\HasChildren) \"/\" a\r\n* LIST (\\HasNoChildren) \"/\" a/b\r\n");
  EXPECT_EQ(after("CREATE a/c"), "* LIST (\\HasNoChildren) \"/\" a/c\r\n* LIST (\\HasChildren) \"/\" a\r\n")
      << "its parent is affected too";
  EXPECT_EQ(after("RENAME a z"), "* LIST (\\HasChildren) \"/\" z (\"OLDNAME\" (a))\r\n") << "children without a word";
  EXPECT_EQ(after("RENAME INBOX old"), "* LIST (\\HasNoChildren) \"/\" old (\"OLDNAME\" (INBOX))\r\n");
  EXPECT_EQ(after("SUBSCRIBE old"), "");
  EXPECT_EQ(after("DELETE z"), "* LIST (\\Noselect \\HasChildren) \"/\" z\r\n");
}

// Otherwise a/x would be told as gone, and b/x not at all.
TEST_F(Notified, OfAChildThatWasRenamedWithItsParentBeforeItWasToldOf) {
  doer.run("CREATE a");
  told.run("NOTIFY SET (personal (MailboxName))");
  told.send("t SUBSCRIBE {3}\r\n");
  doer.run("CREATE a/x");
  doer.run("RENAME a b");
  EXPECT_THAT(told.send("box\r\n"), HasSubstr("* LIST (\\HasChildren) \"/\" b (\"OLDNAME\" (a))\r\n"
                                              "* LIST (\\HasNoChildren) \"/\" b/x\r\n"));
}

TEST_F(Notified, OfAChildThatItRenamedWithItsParentBeforeItWasToldOf) {
  doer.run("CREATE a");
  told.run("NOTIFY SET (personal (MailboxName))");
  told.send("t RENAME a {1}\r\n");
  doer.run("CREATE a/x");
  EXPECT_THAT(told.send("b\r\n"), HasSubstr("* LIST (\\HasNoChildren) \"/\" b/x\r\n"));
}

TEST_F(Notified, OfSubscriptions) {
  told.run("NOTIFY SET (subscribed (SubscriptionChange))");
  EXPECT_EQ(after("SUBSCRIBE box"), "* LIST (\\Subscribed \\HasNoChildren) \"/\" box\r\n");
  EXPECT_EQ(after("UNSUBSCRIBE box"), "* LIST (\\HasNoChildren) \"/\" box\r\n");
  EXPECT_EQ(after("SUBSCRIBE absent"), "* LIST (\\NonExistent \\Subscribed) \"/\" absent\r\n");
}

TEST_F(Notified, OfSubscribedMailboxesAsTheListIsByThen) {
  told.run("NOTIFY SET (subscribed (MessageNew MessageExpunge))");
  EXPECT_EQ(after_append("box"), "");
  after("SUBSCRIBE box");
  EXPECT_THAT(after_append("box"), HasSubstr("STATUS box"));
}

TEST_F(Notified, OfTreesAndNamesWithoutWildcards) {
  doer.run("CREATE box/in");
  doer.run("CREATE boxer");
  told.run(
      "NOTIFY SET (subtree box (MessageNew MessageExpunge)) (mailboxes (\"%\" later) (MessageNew MessageExpunge))");
  EXPECT_THAT(after_append("box/in"), HasSubstr("STATUS box/in"));
  EXPECT_THAT(after_append("box"), HasSubstr("STATUS box"));
  EXPECT_EQ(after_append("boxer"), "");
  after("CREATE later");
  EXPECT_THAT(after_append("later"), HasSubstr("STATUS later"));
}

TEST_F(Notified, OfAnnotations) {
  told.run("NOTIFY SET (personal (MailboxMetadataChange)) (inboxes (ServerMetadataChange))");
  EXPECT_EQ(after("SETMETADATA box (/shared/comment \"x\" /private/comment \"y\")"),
            "* METADATA box /shared/comment /private/comment\r\n");
  EXPECT_EQ(after("SETMETADATA box (/shared/comment NIL)"), "* METADATA box /shared/comment\r\n");
  EXPECT_EQ(after("SETMETADATA \"\" (/private/vendor/x/y \"z\")"), "* METADATA \"\" /private/vendor/x/y\r\n");
}

TEST_F(Notified, WithinIdleAsWithout) {
  told.select("INBOX");
  told.run("NOTIFY SET (selected-delayed (MessageNew MessageExpunge)) (personal (MessageNew MessageExpunge))");
  told.send("i IDLE\r\n");
  EXPECT_THAT(after_append("box"), HasSubstr("* STATUS box (MESSAGES 1 "));
  EXPECT_EQ(after_append("INBOX"), "* 1 EXISTS\r\n* 1 RECENT\r\n");
  doer.select("INBOX");
  doer.run("STORE 1 +FLAGS (\\Deleted)");
  EXPECT_EQ(after("EXPUNGE"), "* 1 EXPUNGE\r\n* 0 RECENT\r\n") << "IDLE may tell it";
  EXPECT_EQ(told.send("DONE\r\n"), "i OK IDLE completed.\r\n");
}

TEST_F(Notified, WithVanishedAndWhatItMayTakeForHighestModSeq) {
  doer.append("INBOX", kMessage);
  doer.append("INBOX", kMessage);
  told.run("ENABLE QRESYNC");
  told.select("INBOX");
  told.run("NOTIFY SET (selected (MessageNew (UID FLAGS) MessageExpunge))");
  doer.select("INBOX");
  doer.run("STORE 1 +FLAGS (\\Deleted)");
  EXPECT_EQ(after("EXPUNGE"), "* VANISHED 1\r\n* 1 RECENT\r\n");
  EXPECT_THAT(told.run("NOOP"), HasSubstr("OK [HIGHESTMODSEQ "));
  doer.run("STORE 1 +FLAGS (\\Flagged)");
  std::string claimed = told.run("NOOP");
  EXPECT_THAT(claimed, Not(HasSubstr("FETCH"))) << "flags were not asked for";
  EXPECT_THAT(after_append("INBOX"),
              testing::MatchesRegex("\\* 2 EXISTS\r\n\\* 2 FETCH \\(UID 3 FLAGS \\(\\) MODSEQ \\([0-9]+\\)\\)\r\n"));
}

TEST_F(Notified, NotOfEventsThatThereAreNot) {
  for (const char* event : {"AnnotationChange", "MessageRead"}) {
    EXPECT_THAT(told.run(fmt::format("NOTIFY SET (personal (MessageNew MessageExpunge {}))", event)),
                StartsWith("NO [BADEVENT (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange "
                           "MailboxMetadataChange ServerMetadataChange)] "));
  }
}

TEST_F(Notified, ItsSelectedMailboxIsGone) {
  told.select("box");
  told.run("NOTIFY SET (selected (MessageNew MessageExpunge))");
  EXPECT_THAT(after("DELETE box"), StartsWith("* BYE "));
}

TEST_F(Notified, BetweenCommandsOnly) {
  told.run("NOTIFY SET (mailboxes box (MessageNew MessageExpunge))");
  told.send("a STATUS ");
  EXPECT_EQ(after_append("box"), "") << "in the middle of a command";
  EXPECT_THAT(told.send("INBOX (MESSAGES)\r\n"), AllOf(StartsWith("* STATUS INBOX"), HasSubstr("* STATUS box")));
}

struct FewNews : Notified {
  FewNews() : Notified({.notify_bytes_max = 1'000}) {}
};

TEST_F(FewNews, OverflowTurnsItOff) {
  told.run("NOTIFY SET (personal (MailboxName))");
  told.send("a NO");
  for (int i = 0; i < 20; ++i) doer.run(fmt::format("CREATE box{}", i));
  EXPECT_THAT(told.send("OP\r\n"), StartsWith("* OK [NOTIFICATIONOVERFLOW] "));
  EXPECT_EQ(after("CREATE another"), "") << "as after NOTIFY NONE";
}

TEST_F(FewNews, AreNotPromisedForTooManyNames) {
  std::string many = "NOTIFY SET (mailboxes (";
  for (int i = 0; i < 100; ++i) many += fmt::format("{}a{}", i == 0 ? "" : " ", i);
  EXPECT_THAT(told.run(many + ") (MailboxName))"), StartsWith("NO [NOTIFICATIONOVERFLOW] "));
}

}  // namespace
}  // namespace roost::imapd
