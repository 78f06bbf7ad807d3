// APPEND, STORE, COPY, MOVE, EXPUNGE, SEARCH, CLOSE and UNSELECT.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

struct Messages : testing::Test {
  Messages() : client(server) {
    client.log_in();
    for (int i = 1; i <= 3; ++i) {
      client.append("INBOX", fmt::format("From: a{}@example.org\r\nSubject: s{}\r\n\r\nbody{}\r\n", i, i, i));
    }
    client.run("CREATE other");
    client.select("INBOX");
    client.select("INBOX");
  }
  TestServer server;
  TestClient client;
};

TEST_F(Messages, AppendTellsItsUid) {
  EXPECT_THAT(client.append("INBOX", "Subject: x\r\n\r\n"),
              MatchesRegex("\\* 4 EXISTS\r\n\\* 1 RECENT\r\nOK \\[APPENDUID [0-9]+ 4\\] APPEND completed.\r\n"));
  EXPECT_THAT(client.append("nowhere", "x"), StartsWith("NO [TRYCREATE]"));
}

TEST_F(Messages, AppendOfManyIsOne) {
  EXPECT_THAT(client.run("APPEND other (\\Seen) {3+}\r\none {3+}\r\ntwo ($Label) {5+}\r\nthree"),
              MatchesRegex("OK \\[APPENDUID [0-9]+ 1:3\\] APPEND completed.\r\n"));
  EXPECT_THAT(client.select("other"), HasSubstr("* 3 EXISTS\r\n"));
  EXPECT_THAT(client.run("FETCH 1:3 FLAGS"), HasSubstr("* 3 FETCH (FLAGS (\\Recent $Label))\r\n"));
}

TEST_F(Messages, StoreInAllSixForms) {
  EXPECT_EQ(client.run("STORE 1 FLAGS (\\Seen $A)"),
            "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $A)\r\n"
            "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $A \\*)] More keywords.\r\n"
            "* 1 FETCH (FLAGS (\\Seen $A))\r\nOK STORE completed.\r\n");
  EXPECT_EQ(client.run("STORE 1 +FLAGS \\flagged"),
            "* 1 FETCH (FLAGS (\\Flagged \\Seen $A))\r\nOK STORE completed.\r\n");
  EXPECT_EQ(client.run("STORE 1 -FLAGS (\\SEEN)"), "* 1 FETCH (FLAGS (\\Flagged $A))\r\nOK STORE completed.\r\n");
  EXPECT_EQ(client.run("STORE 1 -FLAGS.SILENT ($a)"), "OK STORE completed.\r\n");
  EXPECT_EQ(client.run("STORE 1 +FLAGS.SILENT (\\Draft)"), "OK STORE completed.\r\n");
  EXPECT_EQ(client.run("FETCH 1 FLAGS"), "* 1 FETCH (FLAGS (\\Flagged \\Draft))\r\nOK FETCH completed.\r\n");
  EXPECT_EQ(client.run("STORE 1 FLAGS.SILENT ()"), "OK STORE completed.\r\n");
  EXPECT_EQ(client.run("UID STORE 1:3 +FLAGS (\\Seen)"),
            "* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n* 2 FETCH (UID 2 FLAGS (\\Seen))\r\n"
            "* 3 FETCH (UID 3 FLAGS (\\Seen))\r\nOK STORE completed.\r\n");
}

TEST_F(Messages, AReadOnlyMailboxStaysAsItIs) {
  EXPECT_THAT(client.run("EXAMINE INBOX"), HasSubstr("OK [READ-ONLY] Opened to be read only.\r\n"));
  EXPECT_THAT(client.run("STORE 1 +FLAGS (\\Deleted)"), StartsWith("NO [READ-ONLY]"));
  EXPECT_THAT(client.run("EXPUNGE"), StartsWith("NO [READ-ONLY]"));
  EXPECT_THAT(client.run("MOVE 1 other"), StartsWith("NO [READ-ONLY]"));
  EXPECT_THAT(client.run("COPY 1 other"), StartsWith("OK [COPYUID"));
}

TEST_F(Messages, CopyKeepsFlagsAndDate) {
  client.run("STORE 2 +FLAGS.SILENT (\\Flagged $Note)");
  EXPECT_THAT(client.run("COPY 2:3 other"), MatchesRegex("OK \\[COPYUID [0-9]+ 2:3 1:2\\] COPY completed.\r\n"));
  EXPECT_THAT(client.run("COPY 1 nowhere"), StartsWith("NO [TRYCREATE]"));
  EXPECT_THAT(client.run("UID COPY 99 other"), StartsWith("OK "));
  client.select("other");
  EXPECT_THAT(client.run("FETCH 1 (FLAGS)"), HasSubstr("(\\Flagged \\Recent $Note)"));
}

TEST_F(Messages, MoveTellsTheCopyThenTheExpunge) {
  EXPECT_THAT(client.run("MOVE 1,3 other"),
              MatchesRegex("\\* OK \\[COPYUID [0-9]+ 1,3 1:2\\] Moved.\r\n\\* 3 EXPUNGE\r\n\\* 1 EXPUNGE\r\n"
                           "OK MOVE completed.\r\n"));
  EXPECT_THAT(client.run("STATUS other (MESSAGES)"), HasSubstr("MESSAGES 2"));
}

TEST_F(Messages, UidExpungeTakesOnlyWhatItNames) {
  client.run("STORE 1:2 +FLAGS.SILENT (\\Deleted)");
  EXPECT_EQ(client.run("UID EXPUNGE 2:3"), "* 2 EXPUNGE\r\nOK EXPUNGE completed.\r\n");
  EXPECT_EQ(client.run("EXPUNGE"), "* 1 EXPUNGE\r\nOK EXPUNGE completed.\r\n");
  EXPECT_EQ(client.run("EXPUNGE"), "OK EXPUNGE completed.\r\n");
}

TEST_F(Messages, CloseExpungesInSilenceAndUnselectDoesNot) {
  client.run("STORE 1 +FLAGS.SILENT (\\Deleted)");
  EXPECT_EQ(client.run("UNSELECT"), "OK UNSELECT completed.\r\n");
  EXPECT_THAT(client.select("INBOX"), HasSubstr("* 3 EXISTS\r\n"));
  EXPECT_EQ(client.run("CLOSE"), "OK CLOSE completed.\r\n");
  EXPECT_THAT(client.select("INBOX"), HasSubstr("* 2 EXISTS\r\n"));
}

TEST_F(Messages, SearchByWhatTheRowsAndTheContentSay) {
  client.run("STORE 2 +FLAGS.SILENT (\\Flagged)");
  EXPECT_EQ(client.run("SEARCH FLAGGED"), "* SEARCH 2\r\nOK SEARCH completed.\r\n");
  EXPECT_EQ(client.run("SEARCH SUBJECT s3"), "* SEARCH 3\r\nOK SEARCH completed.\r\n");
  EXPECT_EQ(client.run("SEARCH BODY body1"), "* SEARCH 1\r\nOK SEARCH completed.\r\n");
  EXPECT_EQ(client.run("SEARCH OR FROM a1 FROM a3 NOT 1"), "* SEARCH 3\r\nOK SEARCH completed.\r\n");
  EXPECT_EQ(client.run("UID SEARCH UID 2:*"), "* SEARCH 2 3\r\nOK SEARCH completed.\r\n");
  EXPECT_EQ(client.run("SEARCH TEXT nothing-like-it"), "* SEARCH\r\nOK SEARCH completed.\r\n");
  EXPECT_THAT(client.run("SEARCH 9"), StartsWith("* SEARCH\r\nOK"));
}

TEST_F(Messages, SearchInCharsets) {
  client.append("INBOX", "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n");
  EXPECT_EQ(client.run("SEARCH CHARSET UTF-8 (SUBJECT \"Gr\xC3\xBC\xC3\x9F"
                       "e\")"),
            "* SEARCH 4\r\nOK SEARCH completed.\r\n");
  EXPECT_EQ(client.run("SEARCH CHARSET ISO-8859-1 SUBJECT {2+}\r\nr\xFC"), "* SEARCH 4\r\nOK SEARCH completed.\r\n");
  EXPECT_THAT(client.run("SEARCH CHARSET X-NONE SUBJECT x"), StartsWith("NO [BADCHARSET (UTF-8 US-ASCII)]"));
}

TEST_F(Messages, InAnEmptyMailboxNoNumberIsRight) {
  client.select("other");
  EXPECT_THAT(client.run("FETCH 1:* FLAGS"), StartsWith("BAD"));
  EXPECT_EQ(client.run("UID FETCH 1:* FLAGS"), "OK FETCH completed.\r\n");
  EXPECT_EQ(client.run("SEARCH ALL"), "* SEARCH\r\nOK SEARCH completed.\r\n");
}

}  // namespace
}  // namespace roost::imapd
