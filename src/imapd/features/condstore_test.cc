// CONDSTORE (RFC 7162 3.1), word for word.
#include "imapd/features/condstore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// INBOX with four messages, UIDs 1 to 4.
struct Condstore : testing::Test {
  Condstore() {
    TestClient setup(server);
    setup.log_in();
    for (int i = 0; i < 4; ++i) setup.append("INBOX", "Subject: hello\r\n\r\nbody\r\n");
    setup.select("INBOX");  // claims \Recent
  }
  // HIGHESTMODSEQ by STATUS of a client that does nothing else.
  uint64_t highest() { return number_after(observer().run("STATUS INBOX (HIGHESTMODSEQ)"), "HIGHESTMODSEQ "); }
  static uint64_t number_after(const std::string& text, std::string_view word) {
    size_t at = text.find(word);
    return at == std::string::npos ? 0 : std::stoull(text.substr(at + word.size()));
  }
  TestClient& observer() {
    if (!observer_) {
      observer_ = std::make_unique<TestClient>(server);
      observer_->log_in();
    }
    return *observer_;
  }
  TestServer server;
  std::unique_ptr<TestClient> observer_;
};

TEST_F(Condstore, SelectTellsHighestModSeqAlsoBeforeItIsAskedFor) {
  TestClient client(server);
  client.log_in();
  std::string code = fmt::format("* OK [HIGHESTMODSEQ {}] ", highest());
  EXPECT_THAT(client.run("SELECT INBOX"), HasSubstr(code));
  EXPECT_THAT(client.run("EXAMINE INBOX"), HasSubstr(code));
  EXPECT_THAT(client.run("SELECT INBOX (CONDSTORE)"), HasSubstr(code));
}

TEST_F(Condstore, EveryEnablingCommandEnablesIt) {
  for (std::string_view command : {"FETCH 1 MODSEQ", "FETCH 1 FLAGS (CHANGEDSINCE 1)", "SEARCH MODSEQ 1",
                                   "STATUS INBOX (HIGHESTMODSEQ)", "STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\\Seen)"}) {
    TestClient client(server, "INBOX");
    EXPECT_THAT(client.run("FETCH 2 FLAGS"), Not(HasSubstr("MODSEQ"))) << command;
    EXPECT_THAT(client.run(command), HasSubstr(fmt::format("* OK [HIGHESTMODSEQ {}]", highest()))) << command;
    EXPECT_THAT(client.run(command), Not(HasSubstr("* OK [HIGHESTMODSEQ"))) << command;
    EXPECT_THAT(client.run("FETCH 2 FLAGS"), HasSubstr("MODSEQ (")) << command;
  }
  TestClient client(server);
  client.log_in();
  EXPECT_EQ(client.run("ENABLE CONDSTORE"), "* ENABLED CONDSTORE\r\nOK ENABLE completed.\r\n");
  EXPECT_THAT(client.select("INBOX"), HasSubstr("HIGHESTMODSEQ"));
  EXPECT_THAT(client.run("FETCH 2 FLAGS"), HasSubstr("MODSEQ ("));
}

TEST_F(Condstore, WhatOthersChangeIsToldWithUidAndModSeq) {
  TestClient one(server);
  one.log_in();
  one.run("SELECT INBOX (CONDSTORE)");
  TestClient two(server, "INBOX");
  two.run("STORE 2 +FLAGS (\\Seen)");
  uint64_t now = highest();
  EXPECT_EQ(one.run("NOOP"),
            fmt::format("* 2 FETCH (UID 2 FLAGS (\\Seen) MODSEQ ({}))\r\nOK NOOP completed.\r\n", now));
}

TEST_F(Condstore, ASilentStoreStillTellsTheModSeqsOfWhatItChanged) {
  TestClient client(server);
  client.log_in();
  client.run("SELECT INBOX (CONDSTORE)");
  client.run("STORE 3 +FLAGS (\\Seen)");
  std::string answer = client.run("STORE 2:3 +FLAGS.SILENT (\\Seen)");
  EXPECT_EQ(answer, fmt::format("* 2 FETCH (UID 2 MODSEQ ({}))\r\nOK STORE completed.\r\n", highest()));
}

TEST_F(Condstore, AConditionalStoreNamesWhatItRefused) {
  TestClient client(server, "INBOX");
  client.run("FETCH 1 MODSEQ");
  uint64_t before = highest();
  TestClient other(server, "INBOX");
  other.run("UID STORE 2 +FLAGS.SILENT (\\Seen)");
  uint64_t changed = highest();
  std::string answer = client.run(fmt::format("STORE 1:3 (UNCHANGEDSINCE {}) +FLAGS.SILENT (\\Seen)", before));
  uint64_t now = highest();
  EXPECT_EQ(answer, fmt::format("* 1 FETCH (UID 1 MODSEQ ({0}))\r\n* 3 FETCH (UID 3 MODSEQ ({0}))\r\n"
                                "* 2 FETCH (UID 2 FLAGS (\\Seen) MODSEQ ({1}))\r\n"
                                "OK [MODIFIED 2] Conditional STORE failed.\r\n",
                                now, changed));
  answer = client.run("UID STORE 2,4 (UNCHANGEDSINCE 0) +FLAGS (\\Draft $New)");
  EXPECT_THAT(answer, HasSubstr("OK [MODIFIED 2,4]"));
}

TEST_F(Condstore, AConditionalStoreOfWhatDidNotChangeIsDoneAndTellsAllFlags) {
  TestClient client(server, "INBOX");
  client.run("FETCH 1 MODSEQ");
  uint64_t before = highest();
  client.run("STORE 2 +FLAGS (\\Flagged)");
  std::string answer = client.run(fmt::format("STORE 2 (UNCHANGEDSINCE {}) +FLAGS.SILENT (\\Seen)", before));
  EXPECT_EQ(answer, fmt::format("* 2 FETCH (UID 2 FLAGS (\\Flagged \\Seen) MODSEQ ({}))\r\nOK STORE completed.\r\n",
                                highest()));
}

TEST_F(Condstore, AConditionalStoreTellsModSeqsAlsoOfWhatWasSoAlready) {
  TestClient client(server, "INBOX");
  client.run("STORE 1 +FLAGS (\\Seen)");
  uint64_t now = highest();
  EXPECT_THAT(client.run(fmt::format("STORE 1 (UNCHANGEDSINCE {}) +FLAGS.SILENT (\\Seen)", now)),
              EndsWith(fmt::format("* 1 FETCH (UID 1 MODSEQ ({}))\r\nOK STORE completed.\r\n", now)));
}

TEST_F(Condstore, ARefusalBesideExpungedMessagesIsANoWithModified) {
  TestClient client(server, "INBOX");
  client.run("FETCH 1 MODSEQ");
  TestClient other(server, "INBOX");
  other.run("STORE 4 +FLAGS.SILENT (\\Deleted)");
  other.run("EXPUNGE");
  EXPECT_THAT(client.run("STORE 2:4 (UNCHANGEDSINCE 1) FLAGS (\\Seen)"), HasSubstr("NO [MODIFIED 2:3] "));
}

TEST_F(Condstore, WhileAnExpungeWaitsHighestModSeqStaysBelowIt) {
  TestClient client(server);
  client.log_in();
  client.run("SELECT INBOX (CONDSTORE)");
  uint64_t before = highest();
  TestClient other(server, "INBOX");
  other.run("STORE 4 +FLAGS.SILENT (\\Deleted)");
  uint64_t deleted = highest();
  client.run("NOOP");
  other.run("EXPUNGE");
  other.run("STORE 1 +FLAGS (\\Seen)");
  EXPECT_GT(deleted, before);
  EXPECT_THAT(client.run("FETCH 1 FLAGS"), HasSubstr(fmt::format("OK [HIGHESTMODSEQ {}] FETCH completed.", deleted)));
  EXPECT_THAT(client.run("STORE 2 +FLAGS.SILENT (\\Seen)"), HasSubstr(fmt::format("OK [HIGHESTMODSEQ {}] ", deleted)));
  EXPECT_THAT(client.run("STORE 3 (UNCHANGEDSINCE 0) +FLAGS.SILENT (\\Seen)"),
              HasSubstr(fmt::format("* OK [HIGHESTMODSEQ {}] Told up to here.\r\nOK [MODIFIED 3]", deleted)));
  EXPECT_EQ(client.run("NOOP"), fmt::format("* 4 EXPUNGE\r\nOK [HIGHESTMODSEQ {}] NOOP completed.\r\n", highest()));
  EXPECT_EQ(client.run("NOOP"), "OK NOOP completed.\r\n");
}

TEST_F(Condstore, ChangedSinceFetchesOnlyWhatChanged) {
  TestClient client(server, "INBOX");
  uint64_t before = highest();
  client.run("STORE 2 +FLAGS.SILENT (\\Seen)");
  uint64_t now = highest();
  client.run("FETCH 1 MODSEQ");
  std::string row = fmt::format("* 2 FETCH (UID 2 FLAGS (\\Seen) MODSEQ ({}))\r\n", now);
  EXPECT_EQ(client.run(fmt::format("UID FETCH 1:* (FLAGS) (CHANGEDSINCE {})", before)),
            row + "OK FETCH completed.\r\n");
  EXPECT_EQ(client.run(fmt::format("FETCH 1:* (RFC822.SIZE) (CHANGEDSINCE {})", before)),
            fmt::format("* 2 FETCH (RFC822.SIZE 24 MODSEQ ({}))\r\nOK FETCH completed.\r\n", now));
  EXPECT_EQ(client.run(fmt::format("UID FETCH 1:* (FLAGS) (CHANGEDSINCE {})", now)), "OK FETCH completed.\r\n");
}

TEST_F(Condstore, AFetchThatSetsSeenTellsUidAndModSeq) {
  TestClient client(server);
  client.log_in();
  client.run("SELECT INBOX (CONDSTORE)");
  std::string answer = client.run("FETCH 2 BODY[TEXT]");
  EXPECT_THAT(answer, HasSubstr(fmt::format(" FLAGS (\\Seen) UID 2 MODSEQ ({}))\r\n", highest())));
  EXPECT_THAT(client.run("FETCH 2 BODY[TEXT]"), Not(HasSubstr("MODSEQ")));
}

TEST_F(Condstore, SearchByModSeqGivesTheHighestOfWhatItFound) {
  TestClient client(server, "INBOX");
  uint64_t before = highest();
  client.run("STORE 2 +FLAGS.SILENT (\\Seen)");
  uint64_t two = highest();
  client.run("STORE 3 +FLAGS.SILENT (\\Seen)");
  uint64_t three = highest();
  client.run("FETCH 1 MODSEQ");
  EXPECT_EQ(client.run(fmt::format("SEARCH MODSEQ {}", before + 1)),
            fmt::format("* SEARCH 2 3 (MODSEQ {})\r\nOK SEARCH completed.\r\n", three));
  EXPECT_EQ(client.run(fmt::format("SEARCH MODSEQ \"/flags/\\\\seen\" all {} NOT 3", before + 1)),
            fmt::format("* SEARCH 2 (MODSEQ {})\r\nOK SEARCH completed.\r\n", two));
  EXPECT_EQ(client.run(fmt::format("SEARCH MODSEQ {}", three + 1)), "* SEARCH\r\nOK SEARCH completed.\r\n");
  EXPECT_THAT(client.run(fmt::format("SEARCH RETURN (MIN) MODSEQ {}", before + 1)),
              HasSubstr(fmt::format(" MIN 2 MODSEQ {}\r\n", two)));
  EXPECT_THAT(client.run(fmt::format("SEARCH RETURN (MIN MAX) MODSEQ {}", before + 1)),
              HasSubstr(fmt::format(" MIN 2 MAX 3 MODSEQ {}\r\n", three)));
  EXPECT_THAT(client.run(fmt::format("SEARCH RETURN (COUNT) MODSEQ {}", before + 1)),
              HasSubstr(fmt::format(" COUNT 2 MODSEQ {}\r\n", three)));
}

TEST_F(Condstore, AFlagThatIsThereAlreadyChangesNoModSeq) {
  TestClient client(server, "INBOX");
  client.run("STORE 2 +FLAGS (\\Seen)");
  uint64_t before = highest();
  client.run("STORE 2 +FLAGS (\\Seen)");
  client.run("STORE 3 -FLAGS (\\Seen)");
  EXPECT_EQ(highest(), before);
}

}  // namespace
}  // namespace roost::imapd
