#include "lmtpd/delivery.h"

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
using testing::Not;
using testing::StartsWith;

struct LmtpDelivery : testing::Test {
  // The replies to the message alone.
  std::string deliver(const std::vector<std::string>& recipients, const std::string& message,
                      const std::string& from = "a@b.example") {
    TestClient client(server);
    std::string envelope = "LHLO mta.example.org\r\nMAIL FROM:<" + from + ">\r\n";
    for (const std::string& r : recipients) envelope += "RCPT TO:<" + r + ">\r\n";
    client.send(std::move(envelope));
    return client.send("BDAT " + std::to_string(message.size()) + " LAST\r\n" + message);
  }

  TestServer server;
};

TEST_F(LmtpDelivery, PutsReturnPathDeliveredToAndReceivedOnTop) {
  deliver({"alice@example.org"}, kMessage);
  ASSERT_EQ(server.messages("alice").size(), 1U);
  std::string message = server.messages("alice").front();
  EXPECT_THAT(message, StartsWith("Return-Path: <a@b.example>\r\nDelivered-To: alice@example.org\r\n"
                                  "Received: from mta.example.org ([127.0.0.1])\r\n"
                                  "\tby mail.example.org with LMTP id "));
  EXPECT_THAT(message, HasSubstr("\r\n\tfor <alice@example.org>; "));
  EXPECT_THAT(message, EndsWith(" +0000\r\n" + kMessage));
}

TEST_F(LmtpDelivery, WritesAnEmptyReturnPathForABounce) {
  deliver({"alice"}, kMessage, "");
  EXPECT_THAT(server.messages("alice"), ElementsAre(StartsWith("Return-Path: <>\r\n")));
}

TEST_F(LmtpDelivery, GivesEachRecipientOfASmallMessageACopyThatNamesNobodyElse) {
  EXPECT_THAT(deliver({"alice@example.org", "bob"}, kMessage),
              testing::MatchesRegex("250 2.1.5 <alice@example.org> Saved, .*250 2.1.5 <bob> Saved, .*"));
  EXPECT_THAT(server.messages("alice"),
              ElementsAre(AllOf(HasSubstr("Delivered-To: alice@example.org\r\n"), Not(HasSubstr("bob")))));
  EXPECT_THAT(server.messages("bob"), ElementsAre(AllOf(HasSubstr("Delivered-To: bob\r\n"), Not(HasSubstr("alice")))));
}

TEST_F(LmtpDelivery, StoresALargeMessageForSeveralOnceAndTellsNobodyOfTheOthers) {
  std::string large = "Subject: large\r\n\r\n" + std::string(400'000, 'x') + "\r\n";
  deliver({"alice", "bob", "carol@example.net"}, large);
  for (const char* user : {"alice", "bob", "carol@example.net"}) {
    EXPECT_THAT(server.messages(user),
                ElementsAre(AllOf(EndsWith(large), Not(HasSubstr("Delivered-To")), Not(HasSubstr("for <")))))
        << user;
  }
}

TEST_F(LmtpDelivery, KeepsALargeMessageForTheOthersWhenTheFirstOneIsRemoved) {
  std::string large = "Subject: large\r\n\r\n" + std::string(400'000, 'x') + "\r\n";
  deliver({"alice", "bob"}, large);
  ASSERT_TRUE(server.simulation->wait(server.store->delete_account(server.id("alice"))));
  EXPECT_THAT(server.messages("bob"), ElementsAre(EndsWith(large)));
}

TEST_F(LmtpDelivery, FailsOnlyTheRecipientWhoseAccountCannotBeOpened) {
  server.damage("alice");
  for (const std::string& message : {kMessage, std::string(400'000, 'x')}) {
    EXPECT_THAT(deliver({"alice", "bob", "carol@example.net"}, message),
                testing::MatchesRegex("451 4.3.0 [^\r]*\r\n250 2.1.5 <bob> [^\r]*\r\n250 2.1.5 <carol@[^\r]*\r\n"));
  }
  for (const char* user : {"bob", "carol@example.net"}) EXPECT_EQ(server.messages(user).size(), 2U) << user;
}

TEST_F(LmtpDelivery, AsksEveryRecipientOfALargeMessageToTryAgainWhereNoAccountCanBeOpened) {
  server.damage("alice");
  server.damage("bob");
  EXPECT_THAT(deliver({"alice", "bob"}, std::string(400'000, 'x')),
              testing::MatchesRegex("451 4.3.0 [^\r]*\r\n451 4.3.0 [^\r]*\r\n"));
}

TEST_F(LmtpDelivery, RefusesForGoodOnlyTheRecipientWhoIsRemovedWhileALargeMessageComes) {
  TestClient client(server);
  client.send("LHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<alice>\r\nRCPT TO:<bob>\r\n");
  EXPECT_EQ(client.codes("BDAT 400000\r\n" + std::string(400'000, 'x')), "250");
  server.retire("alice");
  EXPECT_EQ(client.codes("BDAT 3 LAST\r\nend"), "550 451");
}

TEST_F(LmtpDelivery, NamesTheOnlyRecipientOfALargeMessage) {
  std::string large(400'000, 'x');
  deliver({"alice"}, large);
  EXPECT_THAT(server.messages("alice"), ElementsAre(AllOf(HasSubstr("\r\nDelivered-To: alice\r\n"), EndsWith(large))));
}

TEST_F(LmtpDelivery, PutsADetailIntoTheFolderOfThatNameElseIntoInbox) {
  server.create("alice", "lists");
  server.create("alice", "lists/c++");
  deliver({"alice+lists@example.org"}, "1");
  deliver({"alice+lists/c++"}, "2");
  deliver({"alice+none"}, "3");
  deliver({"alice+"}, "4");
  deliver({"alice+inbox"}, "5");
  EXPECT_THAT(server.messages("alice", "lists"), ElementsAre(EndsWith("1")));
  EXPECT_THAT(server.messages("alice", "lists/c++"), ElementsAre(EndsWith("2")));
  EXPECT_THAT(server.messages("alice"), ElementsAre(EndsWith("3"), EndsWith("4"), EndsWith("5")));
}

// RFC 4314 2.1: "p".
TEST_F(LmtpDelivery, LeavesFoldersAloneToWhichMailMayNotBePosted) {
  server.create("alice", "lists");
  auto set = [&](std::string identifier, Rights rights) {
    mail::SetAcl change{.mailbox = "lists", .identifier = std::move(identifier), .rights = rights};
    ASSERT_TRUE(server.simulation->wait(server.open("alice")->execute(std::move(change))));
  };
  set("", Right::lookup | Right::read);
  deliver({"alice+lists"}, kMessage);
  EXPECT_EQ(server.messages("alice").size(), 1U);
  set("anyone", Right::post);
  deliver({"alice+lists"}, kMessage);
  EXPECT_EQ(server.messages("alice", "lists").size(), 1U);
}

TEST_F(LmtpDelivery, PutsNothingIntoAFolderThatHoldsOnlyFolders) {
  server.create("alice", "a");
  server.create("alice", "a/b");
  ASSERT_TRUE(server.simulation->wait(server.open("alice")->execute(mail::DeleteMailbox{"a"})));
  deliver({"alice+a"}, kMessage);
  EXPECT_THAT(server.messages("alice"), ElementsAre(EndsWith(kMessage)));
}

TEST_F(LmtpDelivery, FindsUsersByWholeAddressFirstAndByLocalPartInLocalDomainsOnly) {
  server.add_user("alice@example.org");
  deliver({"alice@example.org"}, "1");
  deliver({"alice@LOCALHOST"}, "2");
  deliver({"Carol@Example.NET"}, "3");
  EXPECT_THAT(deliver({"alice@elsewhere.example", "carol"}, "4"), StartsWith("503"));
  EXPECT_THAT(server.messages("alice@example.org"), ElementsAre(EndsWith("1")));
  EXPECT_THAT(server.messages("alice"), ElementsAre(EndsWith("2")));
  EXPECT_THAT(server.messages("carol@example.net"), ElementsAre(EndsWith("3")));
}

TEST_F(LmtpDelivery, SurvivesConflictsAndUnknownOutcomesWithoutLosingOrDoubling) {
  server.store->set_faults(
      {.seed = 3, .conflict_permille = 200, .unknown_stored_permille = 200, .unknown_not_stored_permille = 100});
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(deliver({"alice", "bob"}, "Subject: " + std::to_string(i) + "\r\n\r\n"), StartsWith("250"));
  }
  server.store->set_faults({});
  EXPECT_EQ(server.messages("alice").size(), 20U);
  EXPECT_EQ(server.messages("bob").size(), 20U);
}

TEST_F(LmtpDelivery, KeepsAnEmptyMessage) {
  deliver({"alice"}, "");
  EXPECT_THAT(server.messages("alice"), ElementsAre(EndsWith(" +0000\r\n")));
}

}  // namespace
}  // namespace roost::lmtpd
