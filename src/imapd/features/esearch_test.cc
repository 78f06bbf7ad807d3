// SEARCH RETURN (…): ESEARCH, SEARCHRES; WITHIN, SAVEDATE.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Uids 2 to 5 have the numbers 1 to 4.
struct Esearch : testing::Test {
  explicit Esearch(ImapdConfig config = {}) : server(std::move(config)), client(server) {
    client.log_in();
    for (int i = 1; i <= 5; ++i) client.append("INBOX", fmt::format("Subject: s{}\r\n\r\n", i));
    client.select("INBOX");
    client.run("STORE 1 +FLAGS (\\Deleted)");
    client.run("EXPUNGE");
    client.run("STORE 1,2,4 +FLAGS (\\Flagged)");
  }
  TestServer server;
  TestClient client;
};

TEST_F(Esearch, GivesWhatWasAskedForAndNothingElse) {
  EXPECT_EQ(client.send("a SEARCH RETURN (MIN COUNT) FLAGGED\r\n"),
            "* ESEARCH (TAG \"a\") MIN 1 COUNT 3\r\na OK SEARCH completed.\r\n");
  EXPECT_EQ(client.send("a SEARCH RETURN () FLAGGED\r\n"),
            "* ESEARCH (TAG \"a\") ALL 1:2,4\r\na OK SEARCH completed.\r\n");
  EXPECT_EQ(client.send("a UID SEARCH RETURN (max min all) FLAGGED\r\n"),
            "* ESEARCH (TAG \"a\") UID MIN 2 MAX 5 ALL 2:3,5\r\na OK SEARCH completed.\r\n");
}

TEST_F(Esearch, OfNothingGivesOnlyTheCount) {
  EXPECT_EQ(client.send("a SEARCH RETURN (MIN MAX ALL COUNT) DRAFT\r\n"),
            "* ESEARCH (TAG \"a\") COUNT 0\r\na OK SEARCH completed.\r\n");
  EXPECT_EQ(client.send("a UID SEARCH RETURN (ALL) DRAFT\r\n"),
            "* ESEARCH (TAG \"a\") UID\r\na OK SEARCH completed.\r\n");
}

TEST_F(Esearch, RefusesAnUnknownReturnOption) {
  EXPECT_THAT(client.run("SEARCH RETURN (MEDIAN) ALL"), StartsWith("BAD"));
  EXPECT_THAT(client.run("SEARCH RETURN ALL"), StartsWith("BAD"));
}

TEST_F(Esearch, NumbersSkipWhatTheClientWasNotToldOf) {
  TestClient other(server, "INBOX");
  other.run("STORE 1 +FLAGS (\\Deleted)");
  other.run("EXPUNGE");
  other.append("INBOX", "Subject: new\r\n\r\n");
  // Message 1 is a ghost, the new one is not announced yet.
  EXPECT_THAT(client.send("a SEARCH RETURN (ALL COUNT) ALL\r\n"),
              StartsWith("* ESEARCH (TAG \"a\") COUNT 3 ALL 2:4\r\n"));
}

TEST_F(Esearch, SaveAloneSaysNothing) {
  EXPECT_EQ(client.run("SEARCH RETURN (SAVE) FLAGGED"), "OK SEARCH completed.\r\n");
  EXPECT_EQ(client.run("FETCH $ UID"),
            "* 1 FETCH (UID 2)\r\n* 2 FETCH (UID 3)\r\n* 4 FETCH (UID 5)\r\n"
            "OK FETCH completed.\r\n");
  EXPECT_EQ(client.run("UID SEARCH UID $ UID 3:*"), "* SEARCH 3 5\r\nOK SEARCH completed.\r\n");
  EXPECT_EQ(client.run("SEARCH OR $ 3"), "* SEARCH 1 2 3 4\r\nOK SEARCH completed.\r\n");
}

TEST_F(Esearch, MinAndMaxSaveOnlyTheEnds) {
  client.run("SEARCH RETURN (SAVE MIN) FLAGGED");
  EXPECT_THAT(client.run("SEARCH $"), StartsWith("* SEARCH 1\r\n"));
  client.run("SEARCH RETURN (SAVE MAX MIN) FLAGGED");
  EXPECT_THAT(client.run("SEARCH $"), StartsWith("* SEARCH 1 4\r\n"));
  client.run("SEARCH RETURN (SAVE MAX COUNT) FLAGGED");
  EXPECT_THAT(client.run("SEARCH $"), StartsWith("* SEARCH 1 2 4\r\n"));
}

TEST_F(Esearch, SavedMessagesLeaveWhenTheyAreExpunged) {
  client.run("SEARCH RETURN (SAVE) ALL");
  TestClient other(server, "INBOX");
  other.run("STORE 2 +FLAGS (\\Deleted)");
  other.run("EXPUNGE");
  EXPECT_THAT(client.run("COPY $ INBOX"), HasSubstr("OK [COPYUID "));  // not EXPUNGEISSUED
  client.run("NOOP");
  EXPECT_THAT(client.run("SEARCH $"), StartsWith("* SEARCH 1 2 3\r\n"));
}

TEST_F(Esearch, SavingFollowsTheOutcome) {
  client.run("SEARCH RETURN (SAVE) FLAGGED");
  EXPECT_THAT(client.run("SEARCH RETURN (SAVE) NOT"), StartsWith("BAD"));
  client.run("SEARCH DRAFT");
  EXPECT_THAT(client.run("SEARCH CHARSET X-NONE SUBJECT x"), StartsWith("NO [BADCHARSET"));
  EXPECT_THAT(client.run("SEARCH $"), StartsWith("* SEARCH 1 2 4\r\n"));
  EXPECT_THAT(client.run("SEARCH RETURN (SAVE) CHARSET X-NONE SUBJECT x"), StartsWith("NO [BADCHARSET"));
  EXPECT_THAT(client.run("SEARCH $"), StartsWith("* SEARCH\r\n"));
  EXPECT_EQ(client.run("FETCH $ UID"), "OK FETCH completed.\r\n");
}

TEST_F(Esearch, SelectEmptiesWhatWasSaved) {
  client.run("SEARCH RETURN (SAVE) ALL");
  client.select("INBOX");
  EXPECT_THAT(client.run("SEARCH $"), StartsWith("* SEARCH\r\n"));
}

TEST(Searchres, ATooScatteredResultIsNotSaved) {
  TestServer server({.saved_result_ranges_max = 1});
  TestClient client(server);
  client.log_in();
  for (int i = 0; i < 3; ++i) client.append("INBOX", "Subject: x\r\n\r\n");
  client.select("INBOX");
  client.run("SEARCH RETURN (SAVE) ALL");
  EXPECT_THAT(client.run("SEARCH RETURN (SAVE COUNT) NOT 2"), StartsWith("NO [NOTSAVED]"));
  EXPECT_THAT(client.run("SEARCH $"), StartsWith("* SEARCH\r\n"));
}

TEST_F(Esearch, SaveDateIsWhenTheMessageCameHere) {
  client.append("INBOX", "Subject: old\r\n\r\n", "\"01-Jan-2001 00:00:00 +0000\" ");
  client.run("NOOP");
  std::string fetched = client.run("FETCH 5 SAVEDATE");
  ASSERT_THAT(fetched, StartsWith("* 5 FETCH (SAVEDATE \""));
  std::string day = fetched.substr(fetched.find('"') + 1, 11);
  if (day.starts_with(' ')) day.erase(0, 1);
  EXPECT_THAT(client.run("SEARCH SAVEDON " + day), StartsWith("* SEARCH 1 2 3 4 5\r\n"));
  EXPECT_THAT(client.run("SEARCH SAVEDSINCE " + day), StartsWith("* SEARCH 1 2 3 4 5\r\n"));
  EXPECT_THAT(client.run("SEARCH OR SAVEDBEFORE 2-Jan-2001 NOT SAVEDATESUPPORTED"), StartsWith("* SEARCH\r\n"));
}

TEST_F(Esearch, WithinGoesByTheInternalDate) {
  client.append("INBOX", "Subject: old\r\n\r\n", "\"01-Jan-2001 00:00:00 +0000\" ");
  client.run("NOOP");
  EXPECT_EQ(client.run("SEARCH OLDER 259200"), "* SEARCH 5\r\nOK SEARCH completed.\r\n");
  EXPECT_EQ(client.run("SEARCH YOUNGER 259200"), "* SEARCH 1 2 3 4\r\nOK SEARCH completed.\r\n");
  EXPECT_THAT(client.run("SEARCH OLDER 0"), StartsWith("BAD"));
}

}  // namespace
}  // namespace roost::imapd
