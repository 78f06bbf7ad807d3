#include "imapd/history_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr int64_t kDaySeconds = 24 * 3600;

ImapdConfig with_history() {
  ImapdConfig config;
  config.history_tree = "History";
  return config;
}

std::string message(std::string_view subject) {
  return fmt::format("From: a@example.org\r\nSubject: {}\r\n\r\nText of {}.\r\n", subject, subject);
}

// Two messages in INBOX and one in Work lie there at the end of the first day; on the second, the first one of INBOX is
// expunged, the second one goes to Work, and another one comes.
struct HistoryTree : testing::Test {
  HistoryTree() : server(with_history()), alice(server) {
    server.add_user("fred", "secret");
    alice.log_in();
    alice.run("CREATE Work");
    alice.append("INBOX", message("one"), "(\\Flagged) ");
    alice.append("INBOX", message("two"));
    alice.append("Work", message("work"));
    first_day = day();
    next_day();
    alice.select("INBOX");
    alice.run("STORE 1 +FLAGS (\\Deleted)");
    alice.run("EXPUNGE");
    alice.run("MOVE 1 Work");
    alice.append("INBOX", message("three"));
    second_day = day();
    next_day();
  }

  std::string day() {
    std::chrono::sys_days days{std::chrono::days(server.simulation->clock().wall().seconds / kDaySeconds)};
    std::chrono::year_month_day date{days};
    return fmt::format("History/{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()));
  }
  void next_day() { server.simulation->jump_wall(Seconds(kDaySeconds)); }
  std::string inbox() { return first_day + "/INBOX"; }

  TestServer server;
  TestClient alice;
  std::string first_day;
  std::string second_day;
};

TEST_F(HistoryTree, IsANamespaceAndAName) {
  EXPECT_THAT(alice.run("NAMESPACE"), StartsWith("* NAMESPACE ((\"\" \"/\")(\"History/\" \"/\")) "));
  std::string root = "* LIST (\\Noselect \\HasChildren) \"/\" History\r\n";
  EXPECT_THAT(alice.run("LIST \"\" *"), AllOf(HasSubstr(root), Not(HasSubstr("History/"))));
  EXPECT_THAT(alice.run("LIST \"\" %"), AllOf(HasSubstr(root), Not(HasSubstr("History/"))));
  EXPECT_THAT(alice.run("LIST \"\" % RETURN (CHILDREN)"), HasSubstr("(\\NonExistent \\HasChildren) \"/\" History\r\n"));
  std::string days = fmt::format(
      "* LIST (\\Noselect \\HasChildren) \"/\" {}\r\n"
      "* LIST (\\Noselect \\HasChildren) \"/\" {}\r\n",
      first_day, second_day);
  EXPECT_EQ(alice.run("LIST \"\" History/%"), days + "OK LIST completed.\r\n");
  EXPECT_EQ(alice.run("LIST \"\" History/*"), days + "OK LIST completed.\r\n");
  EXPECT_EQ(alice.run("LIST \"\" History/%/%"), "OK LIST completed.\r\n");
  EXPECT_THAT(alice.run("LIST (SPECIAL-USE) \"\" *"), Not(HasSubstr("History")));
}

TEST_F(HistoryTree, ADayListsWhatHeldMail) {
  alice.run("CREATE Empty");
  std::string in_day =
      fmt::format("* LIST (\\HasNoChildren) \"/\" {0}/INBOX\r\n* LIST (\\HasNoChildren) \"/\" {0}/Work\r\n", first_day);
  EXPECT_EQ(alice.run(fmt::format("LIST \"\" {}/*", first_day)), in_day + "OK LIST completed.\r\n");
  EXPECT_EQ(alice.run(fmt::format("LIST {}/ %", first_day)), in_day + "OK LIST completed.\r\n");
  EXPECT_THAT(alice.run(fmt::format("LIST \"\" (INBOX {}/W*)", first_day)),
              AllOf(HasSubstr("\"/\" INBOX\r\n"), HasSubstr(first_day + "/Work\r\n"), Not(HasSubstr(inbox()))));
  EXPECT_THAT(alice.run(fmt::format("LIST \"\" {}/* RETURN (STATUS (MESSAGES))", first_day)),
              AllOf(HasSubstr(inbox() + " (MESSAGES 2)"), HasSubstr("/Work (MESSAGES 1)")));
}

TEST_F(HistoryTree, AMailboxIsAsItWasAndReadOnly) {
  std::string selected = alice.select(inbox());
  EXPECT_THAT(selected, AllOf(HasSubstr("* 2 EXISTS\r\n"), HasSubstr("[PERMANENTFLAGS ()]"), HasSubstr("[UIDNEXT 3]"),
                              HasSubstr("OK [READ-ONLY]")));
  EXPECT_THAT(alice.run("FETCH 1:* (UID FLAGS)"),
              AllOf(HasSubstr("* 1 FETCH (UID 1 FLAGS (\\Flagged))"), HasSubstr("* 2 FETCH (UID 2 FLAGS ())")));
  EXPECT_THAT(alice.run("FETCH 1 BODY[TEXT]"), HasSubstr("Text of one."));
  EXPECT_THAT(alice.run("FETCH 2 ENVELOPE"), HasSubstr("\"two\""));
  EXPECT_THAT(alice.run("SEARCH TEXT one"), StartsWith("* SEARCH 1\r\n"));
  EXPECT_THAT(alice.run("UID SORT (REVERSE SUBJECT) UTF-8 ALL"), StartsWith("* SORT 2 1\r\n"));
  EXPECT_THAT(alice.run("THREAD REFERENCES UTF-8 ALL"), StartsWith("* THREAD (1)(2)\r\n"));
  EXPECT_THAT(alice.run("STATUS " + second_day + "/INBOX (MESSAGES UIDNEXT)"), HasSubstr("(MESSAGES 1 UIDNEXT 4)"));
  EXPECT_THAT(alice.run("STATUS " + second_day + "/inbox (MESSAGES)"), HasSubstr("(MESSAGES 1)"));
}

TEST_F(HistoryTree, MessagesAreCopiedOutOfIt) {
  alice.select(inbox());
  EXPECT_THAT(alice.run("COPY 1:2 INBOX"), HasSubstr("OK [COPYUID"));
  EXPECT_THAT(alice.run("UID COPY 1 Nowhere"), StartsWith("NO [TRYCREATE]"));
  EXPECT_THAT(alice.select("INBOX"), HasSubstr("* 3 EXISTS\r\n"));
  EXPECT_THAT(alice.run("FETCH 1:* (FLAGS BODY.PEEK[TEXT])"),
              AllOf(HasSubstr("* 2 FETCH (FLAGS (\\Flagged"), HasSubstr("Text of one."), HasSubstr("Text of two.")));
  EXPECT_THAT(alice.run("STATUS " + inbox() + " (MESSAGES)"), HasSubstr("(MESSAGES 2)")) << "it is as it was";
}

TEST_F(HistoryTree, NothingChangesIt) {
  alice.select(inbox());
  EXPECT_THAT(alice.run("STORE 1 +FLAGS (\\Seen)"), StartsWith("NO "));
  EXPECT_THAT(alice.run("EXPUNGE"), StartsWith("NO "));
  EXPECT_THAT(alice.run("MOVE 1 INBOX"), StartsWith("NO "));
  EXPECT_THAT(alice.run("COPY 1 " + inbox()), StartsWith("NO [NOPERM]"));
  EXPECT_THAT(alice.append(inbox(), message("new")), HasSubstr("NO [NOPERM]"));
  EXPECT_THAT(alice.run("CREATE " + first_day + "/New"), StartsWith("NO [NOPERM]"));
  EXPECT_THAT(alice.run("CREATE History"), StartsWith("NO [NOPERM]"));
  EXPECT_THAT(alice.run("CREATE History/mine"), StartsWith("NO [NOPERM]"));
  EXPECT_THAT(alice.run("RENAME Work History/mine"), StartsWith("NO [NOPERM]"));
  EXPECT_THAT(alice.run("RENAME " + inbox() + " Old"), StartsWith("NO [NOPERM]"));
  EXPECT_THAT(alice.run("DELETE " + inbox()), StartsWith("NO [NOPERM]"));
  EXPECT_THAT(alice.run("DELETE " + first_day), StartsWith("NO [NONEXISTENT]"));
  EXPECT_THAT(alice.run("SETACL " + inbox() + " fred lr"), StartsWith("NO [NOPERM]"));
  EXPECT_THAT(alice.run("SETMETADATA " + inbox() + " (/private/comment \"x\")"), StartsWith("NO [NOPERM]"));
  EXPECT_THAT(alice.run("MYRIGHTS " + inbox()), HasSubstr("INBOX lr\r\n"));
  EXPECT_THAT(alice.run("GETQUOTAROOT " + inbox()), StartsWith("* QUOTAROOT " + inbox() + "\r\nOK "));
  EXPECT_THAT(alice.run("STATUS " + inbox() + " (MESSAGES)"), HasSubstr("(MESSAGES 2)"));
}

TEST_F(HistoryTree, IsQuiet) {
  alice.select(inbox());
  TestClient other(server, "INBOX");
  other.append("INBOX", message("four"));
  other.run("STORE 1:* +FLAGS (\\Deleted)");
  other.run("EXPUNGE");
  EXPECT_EQ(alice.run("NOOP"), "OK NOOP completed.\r\n");
  EXPECT_THAT(alice.run("NOTIFY SET (SELECTED (MessageNew MessageExpunge)) (PERSONAL (MessageNew MessageExpunge))"),
              StartsWith("OK "));
  EXPECT_EQ(alice.run("NOOP"), "OK NOOP completed.\r\n");
}

TEST_F(HistoryTree, HasOnlyDaysThatAreOverAndKept) {
  EXPECT_THAT(alice.select(day() + "/INBOX"), HasSubstr("NO [NONEXISTENT]")) << "today";
  for (const char* name : {"History", "History/2026-1-1/INBOX", "History/1999-12-31/INBOX", "History/never/INBOX",
                           "History/2026-02-30/INBOX", "History/-026-01-01/INBOX"}) {
    EXPECT_THAT(alice.select(name), HasSubstr("NO [NONEXISTENT]")) << name;
  }
  EXPECT_THAT(alice.select(first_day), HasSubstr("NO [NONEXISTENT]"));
  EXPECT_THAT(alice.select(first_day + "/Nothing"), HasSubstr("NO [NONEXISTENT]"));
  for (int i = 0; i < 14; ++i) next_day();
  EXPECT_THAT(alice.select(inbox()), HasSubstr("NO [NONEXISTENT]"));
}

TEST_F(HistoryTree, IsClosedWhenWhatItShowsIsPurged) {
  alice.select(inbox());
  auto account = server.simulation->wait(server.authenticator->find_user("alice")).value()->account;
  ASSERT_TRUE(server.simulation->wait(server.accounts->purge(account)));
  EXPECT_THAT(alice.run("FETCH 1 BODY[TEXT]"), AllOf(HasSubstr("[CLOSED]"), HasSubstr("NO [NOPERM]")));
  EXPECT_THAT(alice.select(inbox()), HasSubstr("NO [NONEXISTENT]")) << "one is purged, and so is that the other moved";
}

TEST_F(HistoryTree, IsTheOwnersAlone) {
  alice.run("SETACL INBOX fred lrswite");
  TestClient fred(server);
  fred.log_in("fred");
  EXPECT_THAT(fred.select(inbox()), HasSubstr("NO [NONEXISTENT]"));
  EXPECT_THAT(fred.run("SELECT \"Other Users/alice/" + inbox() + "\""), HasSubstr("NO [NONEXISTENT]"));
  EXPECT_THAT(fred.run("LIST \"\" \"Other Users/*\""), Not(HasSubstr("History")));
}

TEST_F(HistoryTree, GivesWayToAMailboxOfItsName) {
  TestServer without;
  TestClient bob(without);
  bob.log_in();
  EXPECT_THAT(bob.run("CREATE History/mine"), StartsWith("OK ")) << "there is none";
  EXPECT_THAT(bob.run("NAMESPACE"), StartsWith("* NAMESPACE ((\"\" \"/\")) "));
  auto id = server.simulation->wait(server.authenticator->find_user("alice")).value()->account;
  auto account = server.simulation->wait(server.accounts->open(id)).value();
  ASSERT_TRUE(server.simulation->wait(account->execute(mail::CreateMailbox{"History/mine", {}})));
  EXPECT_THAT(alice.run("NAMESPACE"), StartsWith("* NAMESPACE ((\"\" \"/\")) "));
  EXPECT_THAT(alice.select("History/mine"), HasSubstr("OK [READ-WRITE]"));
  EXPECT_THAT(alice.select(inbox()), HasSubstr("NO [NONEXISTENT]"));
}

TEST_F(HistoryTree, CanBeSubscribedTo) {
  alice.run("SUBSCRIBE " + inbox());
  EXPECT_EQ(alice.run("LSUB \"\" *"), "* LSUB () \"/\" " + inbox() + "\r\nOK LSUB completed.\r\n");
  EXPECT_EQ(alice.run("LIST (SUBSCRIBED) \"\" *"),
            "* LIST (\\Subscribed \\HasNoChildren) \"/\" " + inbox() + "\r\nOK LIST completed.\r\n");
}

TEST(HistoryName, IsOneLevelThatStandsForNothingElse) {
  EXPECT_TRUE(is_history_name("History"));
  EXPECT_TRUE(is_history_name("Früher"));
  for (std::string_view name : {"a/b", "inbox", "Shared", "Other Users", "a*", "a%", "", "a\r\n"}) {
    EXPECT_FALSE(is_history_name(name)) << name;
  }
  ImapdConfig wrong;
  wrong.history_tree = "INBOX";
  EXPECT_FALSE(check_imapd(wrong));
}

}  // namespace
}  // namespace roost::imapd
