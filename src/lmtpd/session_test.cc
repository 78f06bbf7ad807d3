#include "lmtpd/session.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lmtpd/harness_test.h"

namespace roost::lmtpd {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct LmtpSession : testing::Test {
  TestServer server;
};

TEST_F(LmtpSession, GreetsAndOffersItsExtensions) {
  TestClient client(server);
  EXPECT_EQ(client.greeting, "220 mail.example.org LMTP Roost ready\r\n");
  EXPECT_EQ(client.send("LHLO mta.example.org\r\n"),
            "250-mail.example.org\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n"
            "250-ENHANCEDSTATUSCODES\r\n250 SIZE 1000000\r\n");
  EXPECT_EQ(client.codes("QUIT\r\n"), "221");
  EXPECT_TRUE(client.closed());
}

TEST_F(LmtpSession, TakesAWholePipelineAndAnswersInOrder) {
  TestClient client(server);
  EXPECT_EQ(
      client.codes("LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\nRCPT TO:<nobody>\r\nRCPT TO:<bob>\r\nDATA\r\n" +
                   kMessage + ".\r\nNOOP\r\nQUIT\r\n"),
      "250 250 250 550 250 354 250 250 250 221");
  EXPECT_THAT(server.messages("alice"), ElementsAre(EndsWith(kMessage)));
  EXPECT_THAT(server.messages("bob"), ElementsAre(EndsWith(kMessage)));
}

// RFC 9208 4.3.1, RFC 3463 X.2.2: for each recipient alone.
TEST_F(LmtpSession, RefusesARecipientWhoseQuotaIsUsedUp) {
  server.limit("alice", {.messages = 1});
  server.limit("bob", {.storage_kib = 2});
  TestClient client(server);
  const std::string deliver = "MAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\nRCPT TO:<bob>\r\nDATA\r\n" + kMessage + ".\r\n";
  EXPECT_EQ(client.codes("LHLO x\r\n" + deliver), "250 250 250 250 354 250 250");
  EXPECT_THAT(client.send("MAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\nRSET\r\n"),
              HasSubstr("\r\n452 4.2.2 The mailbox is full\r\n"));
  EXPECT_EQ(client.codes(deliver), "250 452 250 354 250");
  EXPECT_EQ(client.codes("MAIL FROM:<a@b> SIZE=4000\r\nRCPT TO:<bob>\r\nRSET\r\n"), "250 452 250");
  EXPECT_EQ(server.messages("alice").size(), 1U);
  EXPECT_EQ(server.messages("bob").size(), 2U);
}

TEST_F(LmtpSession, RefusesWhatTurnsOutToBeTooMuchAfterItsOctets) {
  server.limit("alice", {.storage_kib = 1});
  TestClient client(server);
  EXPECT_THAT(client.send("LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\nRCPT TO:<bob>\r\nDATA\r\n" + kMessage +
                          std::string(1024, 'x') + "\r\n.\r\n"),
              AllOf(HasSubstr("\r\n452 4.2.2 The mailbox is full\r\n"), HasSubstr("\r\n250 2.1.5 <bob>")));
  EXPECT_THAT(server.messages("alice"), IsEmpty());
}

TEST(LmtpQuota, IsFinalWhereTheConfigurationSaysSo) {
  LmtpConfig config = test_config();
  config.over_quota_is_final = true;
  TestServer server(config);
  server.limit("alice", {.messages = 0});
  TestClient client(server);
  EXPECT_THAT(client.send("LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\n"), HasSubstr("\r\n552 5.2.2 "));
}

TEST_F(LmtpSession, WorksOneOctetAtATime) {
  TestClient client(server, {.byte_at_a_time = true});
  EXPECT_EQ(client.codes("LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<alice>\r\nDATA\r\n..dot\r\n.\r\nMAIL FROM:<>\r\n"
                         "RCPT TO:<alice>\r\nBDAT 3\r\nabcBDAT 3 LAST\r\n\r\n.QUIT\r\n"),
            "250 250 250 354 250 250 250 250 250 221");
  EXPECT_THAT(server.messages("alice"), ElementsAre(EndsWith("\r\n.dot\r\n"), EndsWith("\r\nabc\r\n.")));
}

TEST_F(LmtpSession, RefusesWhatComesOutOfOrder) {
  TestClient client(server);
  EXPECT_EQ(client.codes("MAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\nDATA\r\n"), "503 503 503");
  EXPECT_EQ(client.codes("EHLO x\r\nHELO x\r\nLHLO\r\n"), "500 500 501");
  EXPECT_EQ(client.codes("LHLO x\r\nRCPT TO:<alice>\r\nMAIL FROM:<a@b>\r\nMAIL FROM:<a@b>\r\nDATA\r\n"),
            "250 503 250 503 503");
}

TEST_F(LmtpSession, ForgetsATransactionAtRsetAndAtLhlo) {
  TestClient client(server);
  EXPECT_EQ(client.codes("LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\nRSET\r\nDATA\r\n"), "250 250 250 250 503");
  EXPECT_EQ(client.codes("MAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\nBDAT 5\r\nhello"), "250 250 250");
  EXPECT_EQ(client.codes("RSET\r\nBDAT 3 LAST\r\nabc"), "250 503");
  EXPECT_EQ(client.codes("MAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\nLHLO y\r\nDATA\r\n"), "250 250 250 503");
  EXPECT_THAT(server.messages("alice"), IsEmpty());
}

TEST_F(LmtpSession, ReadsTheOctetsOfBdatWhateverTheAnswer) {
  TestClient client(server);
  EXPECT_EQ(client.codes("LHLO x\r\nBDAT 6\r\nQUIT\r\nNOOP\r\n"), "250 503 250");
  EXPECT_EQ(client.codes("MAIL FROM:<a@b>\r\nRCPT TO:<nobody>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n"), "250 550 503 250");
  EXPECT_FALSE(client.closed());
}

TEST_F(LmtpSession, RefusesBrokenBdats) {
  TestClient client(server);
  EXPECT_EQ(client.codes("LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\n"), "250 250 250");
  EXPECT_EQ(client.codes("BDAT\r\nBDAT x\r\nBDAT -1\r\nBDAT 18446744073709551616\r\nBDAT 1 FIRST\r\n"),
            "501 501 501 501 501");
  EXPECT_EQ(client.codes("BDAT 0\r\nDATA\r\n"), "250 503");
  EXPECT_EQ(client.codes("RCPT TO:<bob>\r\nBDAT 4 LAST\r\nx\r\ny"), "503 250");
  EXPECT_THAT(server.messages("alice"), ElementsAre(EndsWith("\r\nx\r\ny")));
}

TEST_F(LmtpSession, DeliversNothingWhenTheClientGoesAwayInTheMiddle) {
  for (const char* begun :
       {"DATA\r\nSubject: half", "DATA\r\nwhole\r\n.\r", "BDAT 100 LAST\r\nhalf", "BDAT 4\r\nhalf"}) {
    TestClient client(server);
    client.send(std::string("LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\n") + begun);
    client.hang_up();
  }
  TestClient large(server);
  large.send("LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\nDATA\r\n" + std::string(500'000, 'x'));
  large.hang_up();
  EXPECT_THAT(server.messages("alice"), IsEmpty());
}

TEST_F(LmtpSession, RefusesAMessageThatIsTooLargeAsAnnouncedAndAsSent) {
  TestClient client(server);
  EXPECT_EQ(client.codes("LHLO x\r\nMAIL FROM:<a@b> SIZE=1000001\r\nMAIL FROM:<a@b> SIZE=10\r\nRCPT TO:<alice>\r\n"
                         "RCPT TO:<bob>\r\nDATA\r\n" +
                         std::string(1'000'001, 'x') + "\r\n.\r\nNOOP\r\n"),
            "250 552 250 250 250 354 552 552 250");
  EXPECT_EQ(client.codes("MAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\nBDAT 1000001 LAST\r\n" + std::string(1'000'001, 'x')),
            "250 250 552");
  EXPECT_THAT(server.messages("alice"), IsEmpty());
}

TEST_F(LmtpSession, TakesAMessageOfExactlyTheLimit) {
  TestClient client(server);
  EXPECT_EQ(client.codes("LHLO x\r\nMAIL FROM:<a@b> SIZE=1000000\r\nRCPT TO:<alice>\r\nBDAT 1000000 LAST\r\n" +
                         std::string(1'000'000, 'x')),
            "250 250 250 250");
}

TEST_F(LmtpSession, RefusesRecipientsBeyondTheLimitForNow) {
  TestClient client(server);
  std::string five;
  for (int i = 0; i < 5; ++i) five += "RCPT TO:<alice>\r\n";
  EXPECT_EQ(client.codes("LHLO x\r\nMAIL FROM:<a@b>\r\n" + five + "RCPT TO:<bob>\r\n"),
            "250 250 250 250 250 250 250 452");
}

TEST_F(LmtpSession, SaysTryAgainWhereTheStoreDoesNotAnswer) {
  TestClient client(server);
  EXPECT_EQ(client.codes("LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\nRCPT TO:<bob>\r\n"), "250 250 250 250");
  server.store->set_faults({.unavailable_permille = 1000});
  EXPECT_EQ(client.codes("DATA\r\n" + kMessage + ".\r\n"), "354 451 451");
  server.store->set_faults({});
  EXPECT_EQ(client.codes("MAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\nDATA\r\n" + kMessage + ".\r\n"), "250 250 354 250");
  EXPECT_THAT(server.messages("alice"), ElementsAre(EndsWith(kMessage)));
  EXPECT_THAT(server.messages("bob"), IsEmpty());
}

TEST_F(LmtpSession, SaysThatTheDiskIsFullWhereALargeMessageMeetsOneThatIs) {
  TestClient client(server);
  server.disk.set_space({});
  EXPECT_EQ(client.codes("LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\nRCPT TO:<bob>\r\nDATA\r\n" +
                         std::string(300'000, 'x') + "\r\n.\r\nNOOP\r\n"),
            "250 250 250 250 354 452 452 250");
}

TEST_F(LmtpSession, HidesNoSecondTransactionInAMessage) {
  TestClient client(server);
  std::string smuggled = "x\n.\nMAIL FROM:<evil@b>\r\nRCPT TO:<bob>\r\n\r.\r\nDATA\n.\r\nx\r.\r\n";
  EXPECT_EQ(client.codes("LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\nDATA\r\n" + smuggled + ".\r\n"),
            "250 250 250 354 250");
  EXPECT_THAT(server.messages("alice"), ElementsAre(EndsWith("\r\n" + smuggled)));
  EXPECT_THAT(server.messages("bob"), IsEmpty());
}

TEST_F(LmtpSession, EndsWithWhoMakesTooManyMistakes) {
  TestClient client(server);
  std::string many;
  for (int i = 0; i < 30; ++i) many += "NONSENSE\r\n";
  EXPECT_THAT(client.send(many), EndsWith("500 5.5.1 Unknown command\r\n421 4.7.0 Too many mistakes\r\n"));
  EXPECT_TRUE(client.closed());
}

TEST_F(LmtpSession, GetsOverALongLineAndEndsWithOneThatNeverEnds) {
  TestClient client(server);
  EXPECT_EQ(client.codes("NOOP " + std::string(100'000, 'x') + "\r\nNOOP\r\n"), "500 250");
  EXPECT_EQ(client.codes("NOOP " + std::string(2'000'000, 'x')), "421");
  EXPECT_TRUE(client.closed());
}

TEST_F(LmtpSession, RefusesControlCharactersAndBrokenUtf8) {
  TestClient client(server);
  EXPECT_EQ(client.codes("LHLO x\r\nMAIL FROM:<a\xff@b>\r\nMAIL FROM:<a\tb>\r\n" + std::string("NO\0OP\r\n", 7) +
                         "MAIL FROM:<gr\xc3\xbcn@b> SMTPUTF8\r\n"),
            "250 500 500 500 250");
}

TEST_F(LmtpSession, EndsWithWhoIsSilentForTooLong) {
  TestClient client(server);
  server.settle(server.services.config.idle_ms_max + Millis(100));
  EXPECT_THAT(client.send(""), StartsWith("421 4.4.2"));
  EXPECT_TRUE(client.closed());
}

TEST_F(LmtpSession, SaysGoodbyeWhenTheServerStops) {
  TestClient idle(server);
  server.services.stopping = true;
  idle.server_end().wake();
  EXPECT_THAT(idle.send(""), StartsWith("421 4.3.2"));
  EXPECT_TRUE(idle.closed());
}

TEST_F(LmtpSession, FinishesTheMessageThatIsOnItsWayWhenTheServerStops) {
  TestClient client(server);
  EXPECT_EQ(client.codes("LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<alice>\r\nDATA\r\nSubject: half"), "250 250 250 354");
  server.services.stopping = true;
  client.server_end().wake();
  EXPECT_EQ(client.send(""), "");
  EXPECT_EQ(client.codes("\r\n.\r\n"), "250 421");
  EXPECT_TRUE(client.closed());
  EXPECT_THAT(server.messages("alice"), ElementsAre(EndsWith("Subject: half\r\n")));
}

}  // namespace
}  // namespace roost::lmtpd
