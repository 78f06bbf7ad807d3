// FETCH as a client sees it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kMultipart =
    "From: Ann <ann@example.org>\r\n"
    "To: Bob <bob@example.org>\r\n"
    "Subject: two parts\r\n"
    "Date: Mon, 7 Feb 1994 21:52:25 -0800\r\n"
    "X-Own: own\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n"
    "\r\n"
    "preamble\r\n"
    "--b\r\n"
    "Content-Type: text/plain\r\n"
    "\r\n"
    "first\r\n"
    "--b\r\n"
    "Content-Type: text/html\r\n"
    "\r\n"
    "<b>second</b>\r\n"
    "--b--\r\n";

std::string literal(std::string_view octets) { return fmt::format("{{{}}}\r\n{}", octets.size(), octets); }

struct Fetch : testing::Test {
  Fetch() : client(server) {
    client.log_in();
    client.append("INBOX", kMultipart, "(\\Flagged) \"17-Jul-1996 02:44:25 -0700\" ");
    client.select("INBOX");
    client.select("INBOX");  // nothing is recent any more
  }
  std::string fetch(std::string_view items) { return client.run(fmt::format("FETCH 1 {}", items)); }

  TestServer server;
  TestClient client;
};

TEST_F(Fetch, GivesWhatTheRowSays) {
  EXPECT_EQ(
      fetch("(UID FLAGS INTERNALDATE RFC822.SIZE)"),
      fmt::format("* 1 FETCH (UID 1 FLAGS (\\Flagged) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE {})\r\n"
                  "OK FETCH completed.\r\n",
                  kMultipart.size()));
}

TEST_F(Fetch, ExpandsMacros) {
  EXPECT_THAT(fetch("FAST"), StartsWith("* 1 FETCH (FLAGS (\\Flagged) INTERNALDATE "));
  EXPECT_THAT(fetch("ALL"),
              HasSubstr("ENVELOPE (\"Mon, 7 Feb 1994 21:52:25 -0800\" \"two parts\" ((\"Ann\" NIL \"ann\""));
  EXPECT_THAT(fetch("FULL"), HasSubstr("BODY ((\"TEXT\" \"PLAIN\""));
}

TEST_F(Fetch, GivesSections) {
  EXPECT_THAT(fetch("BODY.PEEK[]"), StartsWith("* 1 FETCH (BODY[] " + literal(kMultipart) + ")\r\n"));
  EXPECT_THAT(fetch("BODY.PEEK[1]"), StartsWith("* 1 FETCH (BODY[1] " + literal("first") + ")\r\n"));
  EXPECT_THAT(fetch("BODY.PEEK[2]"), StartsWith("* 1 FETCH (BODY[2] " + literal("<b>second</b>") + ")\r\n"));
  EXPECT_THAT(fetch("BODY.PEEK[2.MIME]"), HasSubstr(literal("Content-Type: text/html\r\n\r\n")));
  EXPECT_THAT(fetch("BODY.PEEK[3]"), StartsWith("* 1 FETCH (BODY[3] NIL)\r\n"));
  EXPECT_THAT(fetch("BODY.PEEK[TEXT]<2.3>"), StartsWith("* 1 FETCH (BODY[TEXT]<2> " + literal("eam") + ")\r\n"));
  EXPECT_THAT(fetch("BODY.PEEK[1]<100.5>"), StartsWith("* 1 FETCH (BODY[1]<100> " + literal("") + ")\r\n"));
  size_t header = kMultipart.find("\r\n\r\n") + 4;
  EXPECT_THAT(fetch("BODY.PEEK[HEADER]"), HasSubstr("BODY[HEADER] " + literal(kMultipart.substr(0, header))));
  EXPECT_THAT(fetch("RFC822.HEADER"), HasSubstr("RFC822.HEADER " + literal(kMultipart.substr(0, header))));
}

TEST_F(Fetch, CutsHeaderFields) {
  EXPECT_THAT(fetch("BODY.PEEK[HEADER.FIELDS (SUBJECT From)]"),
              HasSubstr(literal("From: Ann <ann@example.org>\r\nSubject: two parts\r\n\r\n")));
  EXPECT_THAT(fetch("BODY.PEEK[HEADER.FIELDS (X-Own)]"), HasSubstr(literal("X-Own: own\r\n\r\n")));
  EXPECT_THAT(fetch("BODY.PEEK[HEADER.FIELDS (X-Own)]<0.5>"), HasSubstr("<0> " + literal("X-Own")));
  std::string rest = fetch("BODY.PEEK[HEADER.FIELDS.NOT (From To Subject Date)]");
  EXPECT_THAT(rest, HasSubstr("X-Own: own\r\nMIME-Version: 1.0\r\n"));
  EXPECT_THAT(rest, Not(HasSubstr("two parts")));
}

TEST_F(Fetch, AnswersTheSameItemTwice) {
  EXPECT_THAT(fetch("(BODY.PEEK[1] BODY.PEEK[2] BODY.PEEK[1])"),
              StartsWith("* 1 FETCH (BODY[1] " + literal("first") + " BODY[2] " + literal("<b>second</b>") +
                         " BODY[1] " + literal("first") + ")\r\n"));
}

TEST_F(Fetch, OfABodySetsSeenAndSaysSo) {
  EXPECT_THAT(fetch("BODY[1]"),
              StartsWith("* 1 FETCH (BODY[1] " + literal("first") + " FLAGS (\\Flagged \\Seen))\r\n"));
  EXPECT_EQ(fetch("BODY[1]"), "* 1 FETCH (BODY[1] " + literal("first") + ")\r\nOK FETCH completed.\r\n");
}

TEST_F(Fetch, SaysTheFlagsOnceWhereTheyWereAskedFor) {
  EXPECT_EQ(fetch("(FLAGS BODY[1])"),
            "* 1 FETCH (FLAGS (\\Flagged \\Seen) BODY[1] " + literal("first") + ")\r\nOK FETCH completed.\r\n");
}

TEST_F(Fetch, OfRfc822SetsSeenAndItsHeaderDoesNot) {
  EXPECT_THAT(fetch("RFC822.HEADER"), Not(HasSubstr("\\Seen")));
  EXPECT_THAT(fetch("RFC822.TEXT"), HasSubstr("\\Seen"));
}

TEST_F(Fetch, InAReadOnlyMailboxSetsNothing) {
  client.run("EXAMINE INBOX");
  EXPECT_THAT(fetch("BODY[1]"), Not(HasSubstr("FLAGS")));
  EXPECT_EQ(fetch("FLAGS"), "* 1 FETCH (FLAGS (\\Flagged))\r\nOK FETCH completed.\r\n");
}

TEST_F(Fetch, OtherSessionsAreToldOfSeen) {
  TestClient other(server, "INBOX");
  fetch("BODY[]");
  EXPECT_EQ(other.run("NOOP"), "* 1 FETCH (UID 1 FLAGS (\\Flagged \\Seen))\r\nOK NOOP completed.\r\n");
  EXPECT_EQ(client.run("NOOP"), "OK NOOP completed.\r\n");
}

TEST_F(Fetch, ByUidImpliesUid) {
  EXPECT_EQ(client.run("UID FETCH 1 FLAGS"), "* 1 FETCH (UID 1 FLAGS (\\Flagged))\r\nOK FETCH completed.\r\n");
  EXPECT_EQ(client.run("UID FETCH 1 (FLAGS UID)"), "* 1 FETCH (UID 1 FLAGS (\\Flagged))\r\nOK FETCH completed.\r\n");
}

TEST_F(Fetch, AboveTheHighestUidGivesTheLastMessage) {
  EXPECT_EQ(client.run("UID FETCH 417:* (FLAGS)"), "* 1 FETCH (UID 1 FLAGS (\\Flagged))\r\nOK FETCH completed.\r\n");
  EXPECT_EQ(client.run("UID FETCH 417 (FLAGS)"), "OK FETCH completed.\r\n");
}

TEST_F(Fetch, ANumberThatIsNotThereIsBad) {
  EXPECT_THAT(client.run("FETCH 2 FLAGS"), StartsWith("BAD"));
  EXPECT_THAT(client.run("FETCH 0 FLAGS"), StartsWith("BAD"));
}

TEST_F(Fetch, StreamsWhatIsLarge) {
  std::string large = "Subject: large\r\n\r\n";
  while (large.size() < 3'000'000) large += "All work and no play makes Jack a dull boy.\r\n";
  EXPECT_THAT(client.append("INBOX", large), HasSubstr("OK [APPENDUID"));
  std::string answer = client.run("FETCH 2 (UID BODY.PEEK[])");
  EXPECT_TRUE(answer == "* 2 FETCH (UID 2 BODY[] " + literal(large) + ")\r\nOK FETCH completed.\r\n");
  std::string text = client.run("FETCH 2 (BODY.PEEK[TEXT]<1000000.1000000>)");
  EXPECT_TRUE(text.find(literal(large.substr(18 + 1'000'000, 1'000'000))) != std::string::npos);
}

// Kept from its verification on, as long as all of it is not too much: then the first two sections, but not the third.
TEST_F(Fetch, SendsEverySectionOfWhatIsNotSoLarge) {
  std::string message = "Subject: not so large\r\n\r\n";
  while (message.size() < 250'000) message += "All work and no play makes Jack a dull boy.\r\n";
  EXPECT_THAT(client.append("INBOX", message), HasSubstr("OK [APPENDUID"));
  std::string body = message.substr(message.find("\r\n\r\n") + 4);
  std::string answer = client.run("FETCH 2 (BODY.PEEK[] BODY.PEEK[TEXT] BODY.PEEK[TEXT]<10.200000>)");
  EXPECT_TRUE(answer == "* 2 FETCH (BODY[] " + literal(message) + " BODY[TEXT] " + literal(body) + " BODY[TEXT]<10> " +
                            literal(body.substr(10, 200'000)) + ")\r\nOK FETCH completed.\r\n");
}

TEST_F(Fetch, ManyMessagesInBatches) {
  std::string command = "APPEND INBOX";
  for (int i = 0; i < 500; ++i) {
    std::string message = fmt::format("Subject: number {}\r\n\r\nbody {}\r\n", i, i);
    command += fmt::format(" {{{}+}}\r\n{}", message.size(), message);
  }
  EXPECT_THAT(client.run(command), HasSubstr("OK [APPENDUID"));
  std::string answer = client.run("FETCH 2:501 (UID ENVELOPE BODY.PEEK[TEXT])");
  EXPECT_THAT(answer, HasSubstr("* 2 FETCH (UID 2 ENVELOPE (NIL \"number 0\""));
  EXPECT_THAT(answer, HasSubstr("* 501 FETCH (UID 501 ENVELOPE (NIL \"number 499\""));
  EXPECT_THAT(answer, HasSubstr(literal("body 499\r\n")));
  EXPECT_THAT(answer, testing::EndsWith("OK FETCH completed.\r\n"));
}

}  // namespace
}  // namespace roost::imapd
