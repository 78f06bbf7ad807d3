// QRESYNC (RFC 7162 3.2), word for word.
#include "imapd/features/qresync.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::HasSubstr;
using testing::Not;

uint64_t number_after(const std::string& text, std::string_view word) {
  size_t at = text.find(word);
  return at == std::string::npos ? 0 : std::stoull(text.substr(at + word.size()));
}

// INBOX with ten messages, UIDs 1 to 10.
struct Qresync : testing::Test {
  Qresync() {
    TestClient setup(server);
    setup.log_in();
    for (int i = 0; i < 10; ++i) setup.append("INBOX", "x");
    std::string opened = setup.select("INBOX");
    validity = number_after(opened, "UIDVALIDITY ");
    start = number_after(opened, "HIGHESTMODSEQ ");
  }
  void expunge(std::string_view uids) {
    TestClient other(server, "INBOX");
    other.run(fmt::format("UID STORE {} +FLAGS.SILENT (\\Deleted)", uids));
    other.run("EXPUNGE");
  }
  uint64_t highest() {
    TestClient other(server);
    other.log_in();
    return number_after(other.run("STATUS INBOX (HIGHESTMODSEQ)"), "HIGHESTMODSEQ ");
  }
  static void enable(TestClient& client) {
    client.log_in();
    client.run("ENABLE QRESYNC");
  }
  TestServer server;
  uint64_t validity = 0;
  uint64_t start = 0;
};

TEST_F(Qresync, IsBadWithoutEnable) {
  TestClient client(server, "INBOX");
  EXPECT_THAT(client.run(fmt::format("SELECT INBOX (QRESYNC ({} {}))", validity, start)), HasSubstr("BAD "));
  EXPECT_THAT(client.run("UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)"), HasSubstr("BAD "));
  EXPECT_THAT(client.run("NOOP"), HasSubstr("OK "));
  EXPECT_THAT(client.run("FETCH 1 UID"), HasSubstr("* 1 FETCH (UID 1)"));  // still selected
}

TEST_F(Qresync, VanishedNeedsUidFetchAndChangedSince) {
  TestClient client(server);
  enable(client);
  client.select("INBOX");
  EXPECT_THAT(client.run("FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)"), HasSubstr("BAD "));
  EXPECT_THAT(client.run("UID FETCH 1:* (FLAGS) (VANISHED)"), HasSubstr("BAD "));
}

TEST_F(Qresync, EnableImpliesCondstore) {
  TestClient client(server);
  client.log_in();
  EXPECT_EQ(client.run("ENABLE QRESYNC CONDSTORE"), "* ENABLED QRESYNC CONDSTORE\r\nOK ENABLE completed.\r\n");
  client.select("INBOX");
  EXPECT_THAT(client.run("FETCH 1 FLAGS"), HasSubstr("MODSEQ ("));
}

TEST_F(Qresync, SelectTellsWhatChangedAndWhatWent) {
  expunge("2,4:5");
  TestClient other(server, "INBOX");
  other.run("UID STORE 7 +FLAGS (\\Flagged)");
  uint64_t now = highest();
  TestClient client(server);
  enable(client);
  std::string answer = client.run(fmt::format("SELECT INBOX (QRESYNC ({} {}))", validity, start));
  EXPECT_THAT(answer, HasSubstr(fmt::format("* OK [HIGHESTMODSEQ {}] ", now)));
  EXPECT_THAT(answer, HasSubstr(fmt::format("* VANISHED (EARLIER) 2,4:5\r\n"
                                            "* 4 FETCH (UID 7 FLAGS (\\Flagged) MODSEQ ({}))\r\nOK [READ-WRITE]",
                                            now)));
}

TEST_F(Qresync, SelectTellsOnlyOfTheKnownUids) {
  expunge("2,4:5");
  TestClient other(server, "INBOX");
  other.run("UID STORE 3,7 +FLAGS (\\Flagged)");
  TestClient client(server);
  enable(client);
  std::string answer = client.run(fmt::format("SELECT INBOX (QRESYNC ({} {} 5:7))", validity, start));
  EXPECT_THAT(answer, HasSubstr("* VANISHED (EARLIER) 5\r\n* 4 FETCH (UID 7 "));
  EXPECT_THAT(answer, Not(HasSubstr("UID 3 ")));
}

TEST_F(Qresync, AnotherUidValidityTellsNothing) {
  expunge("2");
  TestClient client(server);
  enable(client);
  std::string answer = client.run(fmt::format("SELECT INBOX (QRESYNC ({} {}))", validity + 1, start));
  EXPECT_THAT(answer, Not(HasSubstr("VANISHED")));
  EXPECT_THAT(answer, Not(HasSubstr("FETCH")));
  EXPECT_THAT(answer, HasSubstr("OK [READ-WRITE]"));
}

TEST_F(Qresync, AMatchingMessageNumberHidesWhatTheClientKnows) {
  expunge("2");
  expunge("8");
  TestClient client(server);
  enable(client);
  // The client knows that 2 went: its fourth message is 5; it does not know of 8.
  std::string answer = client.run(fmt::format("SELECT INBOX (QRESYNC ({} {} 1:10 (2,4,8 3,5,9)))", validity, start));
  EXPECT_THAT(answer, HasSubstr("* VANISHED (EARLIER) 8\r\n"));
}

TEST_F(Qresync, ExpungesAreVanishedWithTheirHighestModSeq) {
  TestClient client(server);
  enable(client);
  client.select("INBOX");
  client.run("STORE 3:4,7 +FLAGS.SILENT (\\Deleted)");
  std::string answer = client.run("EXPUNGE");
  EXPECT_EQ(answer, fmt::format("* VANISHED 3:4,7\r\nOK [HIGHESTMODSEQ {}] EXPUNGE completed.\r\n", highest()));
  client.run("STORE 1 +FLAGS.SILENT (\\Deleted)");
  answer = client.run("UID EXPUNGE 1:5");
  EXPECT_EQ(answer, fmt::format("* VANISHED 1\r\nOK [HIGHESTMODSEQ {}] EXPUNGE completed.\r\n", highest()));
  EXPECT_EQ(client.run("EXPUNGE"), "OK EXPUNGE completed.\r\n");
  EXPECT_THAT(client.run("FETCH 1 UID"), HasSubstr("* 1 FETCH (UID 2)"));
}

TEST_F(Qresync, CloseTellsNothing) {
  TestClient client(server);
  enable(client);
  client.select("INBOX");
  client.run("STORE 3 +FLAGS.SILENT (\\Deleted)");
  EXPECT_EQ(client.run("CLOSE"), "OK CLOSE completed.\r\n");
}

TEST_F(Qresync, MovedMessagesVanish) {
  TestClient client(server);
  enable(client);
  client.run("CREATE other");
  client.select("INBOX");
  std::string answer = client.run("MOVE 2 other");
  EXPECT_THAT(answer, HasSubstr(fmt::format("* VANISHED 2\r\nOK [HIGHESTMODSEQ {}] MOVE completed.\r\n", highest())));
}

TEST_F(Qresync, AMessageThatCameAndWentIsNotVanished) {
  TestClient client(server);
  enable(client);
  client.select("INBOX");
  TestClient other(server, "INBOX");
  other.append("INBOX", "x", "(\\Deleted) ");
  other.run("EXPUNGE");
  EXPECT_EQ(client.run("NOOP"), "OK NOOP completed.\r\n");
}

TEST_F(Qresync, WhatAClientIsStillShownIsNotVanishedEarlier) {
  expunge("2");
  TestClient client(server);
  enable(client);
  client.select("INBOX");
  expunge("5");
  std::string answer = client.run(fmt::format("UID FETCH 1:* (FLAGS) (CHANGEDSINCE {} VANISHED)", start));
  EXPECT_EQ(answer, fmt::format("* VANISHED (EARLIER) 2\r\n* VANISHED 5\r\n"
                                "OK [HIGHESTMODSEQ {}] FETCH completed.\r\n",
                                highest()));
}

TEST_F(Qresync, AStarReachesWhatWentFromTheEnd) {
  expunge("9:10");
  TestClient client(server);
  enable(client);
  client.select("INBOX");
  EXPECT_THAT(client.run(fmt::format("UID FETCH 1:* (FLAGS) (VANISHED CHANGEDSINCE {})", start)),
              HasSubstr("* VANISHED (EARLIER) 9:10\r\n"));
}

TEST_F(Qresync, NothingVanishesInASearchByNumber) {
  TestClient client(server);
  enable(client);
  client.select("INBOX");
  expunge("5");
  EXPECT_THAT(client.run("UID SEARCH 1:3"), Not(HasSubstr("VANISHED")));
  EXPECT_THAT(client.run("FETCH 1 UID"), Not(HasSubstr("VANISHED")));
  EXPECT_THAT(client.run("UID SEARCH UID 1:3"), HasSubstr("* VANISHED 5\r\n"));
}

TEST_F(Qresync, AnIdlingClientIsToldAndHearsTheHighestModSeqAtTheEnd) {
  TestClient client(server);
  enable(client);
  client.select("INBOX");
  client.send("I IDLE\r\n");
  expunge("5");
  uint64_t now = highest();
  EXPECT_THAT(client.take(), HasSubstr("* VANISHED 5\r\n"));
  EXPECT_THAT(client.send("DONE\r\n"), HasSubstr(fmt::format("I OK [HIGHESTMODSEQ {}] IDLE completed.", now)));
}

imap::QresyncParameter known(std::vector<imap::SeqRange> numbers, UidSet uids) {
  return {.known_numbers = std::move(numbers), .known_number_uids = std::move(uids)};
}

TEST_F(Qresync, FindsTheLastMatchHoweverLongTheRangesAre) {
  expunge("2,6");  // 1 3 4 5 7 8 9 10
  auto account = server.simulation->wait(server.accounts->open(AccountId(1))).value();
  auto id = account->snapshot()->find("INBOX")->id();
  auto snapshot = server.simulation->wait(account->load(id)).value();
  mail::Mailbox mailbox = *snapshot->find(id);
  auto match = [&](uint32_t n1, uint32_t n2, uint32_t u1, uint32_t u2) {
    return matched_up_to(mailbox, known({{SeqNum(n1), SeqNum(n2)}}, UidSet{{Uid(u1), Uid(u2)}})).value;
  };
  EXPECT_EQ(match(1, 10, 1, 10), 1U);
  EXPECT_EQ(match(2, 9, 3, 10), 5U);
  EXPECT_EQ(match(3, 3, 5, 5), 0U);
  EXPECT_EQ(match(8, 8, 10, 10), 10U);
  EXPECT_EQ(match(9, 9, 11, 11), 0U);
  EXPECT_EQ(match(1, 4294967295, 1, 4294967295), 1U);
  EXPECT_EQ(match(1, 4294967293, 3, 4294967295), 10U);
  EXPECT_EQ(match(1, 4294967292, 4, 4294967295), 0U);
  EXPECT_EQ(matched_up_to(mailbox, known({}, {})).value, 0U);
  EXPECT_EQ(matched_up_to(mailbox, known({{SeqNum(2), SeqNum(5)}}, UidSet{{Uid(3), Uid(4)}, {Uid(6), Uid(7)}})).value,
            7U);
}

}  // namespace
}  // namespace roost::imapd
