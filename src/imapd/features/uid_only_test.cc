// UIDONLY, UIDBATCHES, UNAUTHENTICATE: what the scenarios by wire cannot show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(UidBatches, TouchAndHoldAsManyMessagesAsWereAskedFor) {
  TestServer server({.uid_batch_messages_min = 1});
  TestClient client(server);
  client.log_in();
  for (int i = 1; i <= 9; ++i) client.append("INBOX", "x");
  client.select("INBOX");
  client.run("UID STORE 2,5,9 +FLAGS.SILENT (\\Deleted)");
  client.run("EXPUNGE");  // leaves 1 3 4 6 7 8
  const std::map<int, std::string> expected = {{1, "8:8,7:7,6:6,5:4,3:3,2:1"},
                                               {2, "8:7,6:4,3:1"},
                                               {3, "8:6,5:1"},
                                               {4, "8:4,3:1"},
                                               {5, "8:3,2:1"},
                                               {6, "8:1"},
                                               {7, "8:1"}};
  for (const auto& [size, ranges] : expected) {
    EXPECT_EQ(client.send(fmt::format("a UIDBATCHES {}\r\n", size)),
              fmt::format("* UIDBATCHES (TAG \"a\") {}\r\na OK UIDBATCHES completed.\r\n", ranges));
  }
  EXPECT_THAT(client.send("a UIDBATCHES 2 2:2\r\n"), StartsWith("* UIDBATCHES (TAG \"a\") 6:4\r\n"));
  EXPECT_THAT(client.send("a UIDBATCHES 2 3:7\r\n"), StartsWith("* UIDBATCHES (TAG \"a\") 3:1\r\n"));
}

TEST(UidBatches, TellFirstWhatHappened) {
  TestServer server({.uid_batch_messages_min = 1});
  TestClient client(server, "INBOX");
  client.append("INBOX", "x");
  TestClient other(server, "INBOX");
  other.append("INBOX", "x");
  other.run("STORE 1 +FLAGS (\\Deleted)");
  other.run("EXPUNGE");
  EXPECT_THAT(client.send("a UIDBATCHES 1\r\n"),
              testing::MatchesRegex("\\* 1 EXPUNGE\r\n\\* 1 EXISTS\r\n(\\* [^U].*\r\n)?"
                                    "\\* UIDBATCHES \\(TAG \"a\"\\) 2:1\r\na OK .*"));
}

TEST(Unauthenticate, GivesTheNextUserNothingOfTheLast) {
  TestServer server;
  server.add_user("bob", "hidden");
  TestClient client(server, "INBOX");
  client.append("INBOX", "of alice");
  client.run("UID SEARCH RETURN (SAVE) ALL");
  EXPECT_EQ(server.services.stats.logged_in, 1u);
  EXPECT_THAT(client.run("UNAUTHENTICATE"), StartsWith("OK "));
  EXPECT_EQ(server.services.stats.logged_in, 0u);
  EXPECT_THAT(client.run("SELECT INBOX"), StartsWith("BAD "));
  EXPECT_THAT(client.log_in("bob", "hidden"), StartsWith("OK "));
  EXPECT_THAT(client.select("INBOX"), HasSubstr("* 0 EXISTS"));
  EXPECT_THAT(client.run("FETCH $ UID"), StartsWith("OK "));
  EXPECT_EQ(server.services.stats.logged_in, 1u);
}

TEST(Unauthenticate, StartsTheLimitsOfStrangersAnew) {
  TestServer server({.login_ms_max = Millis(60'000), .login_commands_max = 3});
  TestClient client(server);
  client.log_in();
  for (int i = 0; i < 5; ++i) client.run("NOOP");
  server.settle(Millis(100'000));
  client.run("UNAUTHENTICATE");
  EXPECT_THAT(client.run("NOOP"), StartsWith("OK "));
  server.settle(Millis(61'000));
  EXPECT_THAT(client.take(), StartsWith("* BYE "));
  EXPECT_TRUE(client.closed());
}

TEST(Unauthenticate, IsUnknownWhereTheConfigurationTurnsItOff) {
  TestServer server({.unauthenticate = false});
  TestClient client(server, "INBOX");
  EXPECT_THAT(client.run("CAPABILITY"), Not(HasSubstr("UNAUTHENTICATE")));
  EXPECT_THAT(client.run("UNAUTHENTICATE"), StartsWith("BAD "));
  EXPECT_THAT(client.run("CHECK"), StartsWith("OK "));
}

}  // namespace
}  // namespace roost::imapd
