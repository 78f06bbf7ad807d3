// REPLACE and CATENATE: what the scenarios by wire cannot show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

std::string email_id(TestClient& client, std::string_view number) {
  std::string answer = client.run(fmt::format("FETCH {} (EMAILID)", number));
  size_t at = answer.find("EMAILID (");
  return at == std::string::npos ? "" : answer.substr(at, answer.find(')', at) - at);
}

struct Replacing : testing::Test {
  Replacing() : client(server) {
    client.log_in();
    for (int i = 1; i <= 2; ++i) client.append("INBOX", fmt::format("Subject: s{}\r\n\r\nbody{}\r\n", i, i));
    client.select("INBOX");
  }
  TestServer server;
  TestClient client;
};

// RFC 8508 4.6
TEST_F(Replacing, GivesAnotherEmailId) {
  std::string before = email_id(client, "2");
  client.run("REPLACE 2 INBOX {7+}\r\nSame: x");
  EXPECT_THAT(before, Not(testing::IsEmpty()));
  EXPECT_NE(email_id(client, "2"), before);
}

// The other session's EXPUNGE has not been told here: the number still means the message that is gone.
TEST_F(Replacing, RefusesWhenTheMessageIsGone) {
  TestClient other(server, "INBOX");
  other.run("STORE 1 +FLAGS (\\Deleted)");
  other.run("EXPUNGE");
  EXPECT_THAT(client.send("a REPLACE 1 INBOX {1}\r\n"), HasSubstr("a NO [EXPUNGEISSUED]"));
  EXPECT_THAT(client.run("STATUS INBOX (MESSAGES UIDNEXT)"), HasSubstr("(MESSAGES 1 UIDNEXT 3)"));
}

// The message goes while its replacement is on its way: nothing is appended.
TEST_F(Replacing, RefusesWhenTheMessageGoesMeanwhile) {
  EXPECT_THAT(client.send("a UID REPLACE 1 INBOX {4}\r\n"), StartsWith("+ "));
  TestClient other(server, "INBOX");
  other.run("STORE 1 +FLAGS (\\Deleted)");
  other.run("EXPUNGE");
  EXPECT_THAT(client.send("x: y\r\n"), HasSubstr("a NO [EXPUNGEISSUED]"));
  EXPECT_THAT(client.run("STATUS INBOX (MESSAGES UIDNEXT)"), HasSubstr("(MESSAGES 1 UIDNEXT 3)"));
}

TEST_F(Replacing, IsForUidsOnlyWithUidOnly) {
  client.run("UNSELECT");
  client.run("ENABLE UIDONLY");
  client.select("INBOX");
  EXPECT_THAT(client.run("REPLACE 1 INBOX {1+}\r\nx"),
              EndsWith("BAD [UIDREQUIRED] Message numbers are not allowed once "
                       "UIDONLY is enabled.\r\n"));
  EXPECT_THAT(client.run("UID REPLACE 1 INBOX {1+}\r\nx"),
              MatchesRegex("\\* OK \\[APPENDUID [0-9]+ 3\\] Replaced.\r\n\\* VANISHED 1\r\n(.|\n|\r)*"));
}

struct Catenating : testing::Test {
  explicit Catenating(ImapdConfig config = {}) : server(std::move(config)), client(server) { client.log_in(); }
  TestServer server;
  TestClient client;
};

// Larger than what is read at once, so it goes from blob to blob in pieces.
TEST_F(Catenating, CopiesALargePart) {
  std::string body;
  for (int i = 0; body.size() < 700'000; ++i) body += fmt::format("line {}\r\n", i);
  client.append("INBOX", "Subject: x\r\n\r\n" + body);
  EXPECT_THAT(client.run("APPEND INBOX CATENATE (TEXT {5+}\r\nA: b\n URL \"/INBOX/;UID=1/;SECTION=TEXT\")"),
              HasSubstr("OK [APPENDUID"));
  client.select("INBOX");
  EXPECT_THAT(client.run("FETCH 2 (BODY.PEEK[])"), HasSubstr("A: b\n" + body + ")\r\n"));
}

TEST_F(Catenating, TakesRangesOfWhatIsRead) {
  client.append("INBOX", "Subject: abc\r\nTo: x\r\n\r\n0123456789");
  client.run(
      "APPEND INBOX CATENATE (URL \"/INBOX/;UID=1/;SECTION=HEADER.FIELDS%20(TO)/;PARTIAL=4\" "
      "URL /INBOX/;UID=1/;SECTION=TEXT/;PARTIAL=3.2 URL /INBOX/;UID=1/;PARTIAL=0.7)");
  client.select("INBOX");
  EXPECT_THAT(client.run("FETCH 2 (BODY.PEEK[])"), HasSubstr("{14}\r\nx\r\n\r\n34Subject)\r\n"));
}

struct LimitedCatenating : Catenating {
  LimitedCatenating() : Catenating({.catenated_bytes_max = 100}) {}
};

// A URL is shorter than what it names.
TEST_F(LimitedCatenating, EndsBeforeItFillsTheDisk) {
  client.append("INBOX", "Subject: x\r\n\r\n" + std::string(30, 'x'));
  EXPECT_THAT(client.run("APPEND INBOX CATENATE (URL /INBOX/;UID=1 URL /INBOX/;UID=1)"), StartsWith("OK"));
  EXPECT_THAT(client.run("APPEND INBOX CATENATE (URL /INBOX/;UID=1 URL /INBOX/;UID=1) CATENATE (URL /INBOX/;UID=1)"),
              StartsWith("NO [LIMIT]"));
  EXPECT_THAT(client.run("STATUS INBOX (MESSAGES)"), HasSubstr("MESSAGES 2"));
}

TEST(Catenate, RefusesWhatWouldBeTooLarge) {
  TestServer server({}, 1, {.message_bytes_max = 100});
  TestClient client(server);
  client.log_in();
  client.append("INBOX", "Subject: x\r\n\r\n" + std::string(40, 'x'));
  EXPECT_THAT(client.run("APPEND INBOX CATENATE (URL /INBOX/;UID=1 URL /INBOX/;UID=1)"), StartsWith("NO [TOOBIG]"));
  EXPECT_THAT(client.send("a APPEND INBOX CATENATE (URL /INBOX/;UID=1 TEXT {60}\r\n"), StartsWith("a NO [TOOBIG]"));
}

}  // namespace
}  // namespace roost::imapd
