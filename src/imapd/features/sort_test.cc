// SORT and THREAD over the wire.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Sorted : testing::Test {
  Sorted() : client(server) {
    client.log_in();
    add("Subject: Re: beta\r\nFrom: Zoe <b@x>\r\nDate: Mon, 7 Feb 1994 10:00:00 +0000\r\nMessage-ID: <1@x>\r\n");
    add("Subject: alpha\r\nFrom: adam <z@x>\r\nDate: Mon, 7 Feb 1994 12:00:00 +0300\r\nMessage-ID: <2@x>\r\n");
    add("Subject: Beta\r\nFrom: a@x\r\nDate: Mon, 7 Feb 1994 08:00:00 +0000\r\nMessage-ID: <3@x>\r\n");
    add("Subject: gamma\r\nDate: Mon, 7 Feb 1994 11:00:00 +0000\r\nReferences: <2@x>\r\nMessage-ID: <4@x>\r\n");
    client.select("INBOX");
  }
  void add(const std::string& header) { client.append("INBOX", header + "\r\nx\r\n"); }

  TestServer server;
  TestClient client;
};

TEST_F(Sorted, SortsByWhatTheCardsSay) {
  EXPECT_EQ(client.run("SORT (SUBJECT) UTF-8 ALL"), "* SORT 2 1 3 4\r\nOK SORT completed.\r\n");
  EXPECT_THAT(client.run("SORT (SUBJECT DATE) UTF-8 ALL"), StartsWith("* SORT 2 3 1 4\r\n"));
  EXPECT_THAT(client.run("SORT (DATE) UTF-8 ALL"), StartsWith("* SORT 3 2 1 4\r\n"));
  EXPECT_THAT(client.run("SORT (FROM) UTF-8 ALL"), StartsWith("* SORT 4 3 1 2\r\n"));
  EXPECT_THAT(client.run("SORT (DISPLAYFROM) UTF-8 ALL"), StartsWith("* SORT 4 3 2 1\r\n"));
  EXPECT_THAT(client.run("SORT (REVERSE SIZE) UTF-8 2:4"), StartsWith("* SORT 4 2 3\r\n"));
  EXPECT_THAT(client.run("SORT (DATE) UTF-8 SUBJECT nothing"), StartsWith("* SORT\r\n"));
}

TEST_F(Sorted, NumbersAreTheClientsAndUidsAreTheMailboxs) {
  TestClient other(server, "INBOX");
  other.run("STORE 1 +FLAGS (\\Deleted)");
  other.run("EXPUNGE");
  EXPECT_THAT(client.run("SORT (DATE) UTF-8 ALL"), StartsWith("* SORT 3 2 4\r\n"));
  EXPECT_THAT(client.run("THREAD REFERENCES UTF-8 ALL"), StartsWith("* THREAD (3)(2 4)\r\n"));
  EXPECT_THAT(client.run("UID SORT (DATE) UTF-8 ALL"), StartsWith("* SORT 3 2 4\r\n* 1 EXPUNGE\r\n"));
  EXPECT_THAT(client.run("SORT (DATE) UTF-8 ALL"), StartsWith("* SORT 2 1 3\r\n"));
  EXPECT_THAT(client.run("UID THREAD REFERENCES UTF-8 ALL"), StartsWith("* THREAD (3)(2 4)\r\n"));
}

TEST_F(Sorted, ReturnsWhatIsAskedForInTheOrderOfTheResult) {
  EXPECT_EQ(client.send("a SORT RETURN () (DATE) UTF-8 ALL\r\n"),
            "* ESEARCH (TAG \"a\") ALL 3,2,1,4\r\na OK SORT completed.\r\n");
  EXPECT_EQ(client.send("a UID SORT RETURN (MIN MAX COUNT ALL) (SUBJECT) UTF-8 ALL\r\n"),
            "* ESEARCH (TAG \"a\") UID MIN 2 MAX 4 COUNT 4 ALL 2,1,3:4\r\na OK SORT completed.\r\n");
  EXPECT_EQ(client.send("a SORT RETURN (MIN ALL COUNT) (SUBJECT) UTF-8 DRAFT\r\n"),
            "* ESEARCH (TAG \"a\") COUNT 0\r\na OK SORT completed.\r\n");
}

TEST_F(Sorted, SavesWhatItFinds) {
  EXPECT_EQ(client.run("SORT RETURN (SAVE) (DATE) UTF-8 2:3"), "OK SORT completed.\r\n");
  EXPECT_THAT(client.run("SEARCH $"), StartsWith("* SEARCH 2 3\r\n"));
  client.run("SORT RETURN (SAVE MIN MAX) (DATE) UTF-8 1:3");
  EXPECT_THAT(client.run("SEARCH $"), StartsWith("* SEARCH 1 3\r\n"));
  EXPECT_THAT(client.run("SORT RETURN (SAVE) (DATE) X-NONE ALL"), StartsWith("NO [BADCHARSET"));
  EXPECT_THAT(client.run("SEARCH $"), StartsWith("* SEARCH\r\n"));
}

TEST_F(Sorted, GivesAPartOfTheResultInItsOrder) {
  EXPECT_EQ(client.send("a SORT RETURN (PARTIAL 2:3) (DATE) UTF-8 ALL\r\n"),
            "* ESEARCH (TAG \"a\") PARTIAL (2:3 2,1)\r\na OK SORT completed.\r\n");
  EXPECT_EQ(client.send("a UID SORT RETURN (PARTIAL -1:-9 COUNT) (DATE) UTF-8 ALL\r\n"),
            "* ESEARCH (TAG \"a\") UID COUNT 4 PARTIAL (-1:-9 3,2,1,4)\r\na OK SORT completed.\r\n");
  EXPECT_EQ(client.send("a SORT RETURN (PARTIAL 5:9) (DATE) UTF-8 ALL\r\n"),
            "* ESEARCH (TAG \"a\") PARTIAL (5:9 NIL)\r\na OK SORT completed.\r\n");
}

TEST_F(Sorted, WithAModSeqKeyGivesTheHighest) {
  std::string answer = client.run("SORT (DATE) UTF-8 MODSEQ 1 1:2");
  EXPECT_THAT(answer, HasSubstr("* SORT 2 1 (MODSEQ "));
  EXPECT_THAT(client.run("SORT RETURN (ALL) (DATE) UTF-8 MODSEQ 1 1:2"), HasSubstr(" ALL 2,1 MODSEQ "));
}

TEST_F(Sorted, ThreadsBySubjectsAndReferences) {
  EXPECT_EQ(client.run("THREAD ORDEREDSUBJECT UTF-8 ALL"), "* THREAD (3 1)(2)(4)\r\nOK THREAD completed.\r\n");
  EXPECT_THAT(client.run("THREAD REFERENCES UTF-8 ALL"), StartsWith("* THREAD (3 1)(2 4)\r\n"));
  EXPECT_THAT(client.run("THREAD REFS UTF-8 ALL"), StartsWith("* THREAD (1)(3)(2 4)\r\n"));
  EXPECT_THAT(client.run("THREAD REFERENCES UTF-8 SUBJECT gewp"), StartsWith("* THREAD\r\n"));
  EXPECT_THAT(client.run("THREAD REFERENCES X-NONE ALL"), StartsWith("NO [BADCHARSET"));
}

TEST_F(Sorted, ManyMessagesComeInTheirOrder) {
  TestServer many;
  TestClient reader(many);
  reader.log_in();
  for (int i = 0; i < 1500; ++i) reader.append("INBOX", fmt::format("Subject: {:04}\r\n\r\n", (i * 7) % 1500));
  reader.select("INBOX");
  std::string expected = "* ESEARCH (TAG \"a\") ALL ";
  std::vector<int> order(1500);
  for (int i = 0; i < 1500; ++i) order[static_cast<size_t>((i * 7) % 1500)] = i + 1;
  for (int number : order) expected += fmt::format("{},", number);
  expected.back() = '\r';
  EXPECT_THAT(reader.send("a SORT RETURN (ALL) (SUBJECT) UTF-8 ALL\r\n"), StartsWith(expected));
}

}  // namespace
}  // namespace roost::imapd
