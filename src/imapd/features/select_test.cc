#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::HasSubstr;

accounts::AccountsConfig nothing_stays_open() {
  accounts::AccountsConfig config;
  config.open_bytes_max = 0;
  return config;
}

// Chunks of 40 messages with \Seen, 15 without and 5 with it, none of which is in memory.
class ThreeChunks {
 public:
  ThreeChunks() {
    TestClient client(server, "INBOX");
    for (auto [count, flags] : {std::pair(40, "(\\Seen) "), std::pair(15, ""), std::pair(5, "(\\Seen) ")}) {
      for (int i = 0; i < count; ++i) client.append("INBOX", "Subject: x\r\n\r\nhello\r\n", flags);
      EXPECT_TRUE(server.simulation->wait(server.accounts->maintain(AccountId(1))).has_value());
    }
    client.run("LOGOUT");
  }

  size_t missing(const mail::Rows& rows) {
    auto account = server.simulation->wait(server.accounts->open(AccountId(1))).value();
    return account->snapshot()->find("INBOX")->missing_pages(rows).size();
  }

  TestServer server{{}, 1, nothing_stays_open()};
};

TEST(Select, LeavesRowsWhereTheyAreUntilTheyAreAskedFor) {
  ThreeChunks chunks;
  ASSERT_EQ(chunks.missing(mail::kAllRows), 6U);
  TestClient client(chunks.server);
  client.log_in();
  std::string opened = client.select("INBOX");
  EXPECT_THAT(opened, HasSubstr("* 60 EXISTS"));
  EXPECT_THAT(opened, HasSubstr("OK [UNSEEN 41]"));
  EXPECT_EQ(chunks.missing(mail::kAllRows), 6U) << "no message of the second chunk was read, so even it is not needed";
  EXPECT_THAT(client.run("FETCH 42 (UID FLAGS)"), HasSubstr("* 42 FETCH (UID 42 FLAGS ("));
  EXPECT_EQ(chunks.missing(mail::kAllFlags), 0U);
  EXPECT_EQ(chunks.missing(mail::kAllRows), 3U);
  EXPECT_THAT(client.run("FETCH 58 (RFC822.SIZE)"), HasSubstr("* 58 FETCH (RFC822.SIZE 21)"));
  EXPECT_EQ(chunks.missing(mail::kAllRows), 2U);
  EXPECT_THAT(client.run("FETCH 2 BODY[TEXT]"), HasSubstr("hello"));
  EXPECT_THAT(client.run("SEARCH 30:* SMALLER 22"), HasSubstr(" 59 60\r\n"));
  EXPECT_EQ(chunks.missing(mail::kAllRows), 0U);
}

TEST(Select, LetsWhatWasExpungedByOthersBeFetchedFromChunksThatAreNotInMemory) {
  ThreeChunks chunks;
  TestClient client(chunks.server);
  client.log_in();
  client.select("INBOX");
  TestClient other(chunks.server, "INBOX");
  other.run("STORE 45 +FLAGS (\\Deleted)");
  other.run("EXPUNGE");
  std::string flags = client.run("FETCH 44:46 (FLAGS)");
  EXPECT_THAT(flags, HasSubstr("* 45 FETCH (FLAGS ("));
  EXPECT_THAT(flags, HasSubstr("OK FETCH completed"));
  EXPECT_THAT(client.run("FETCH 45 BODY.PEEK[]"), HasSubstr("hello"));
  EXPECT_THAT(client.run("NOOP"), HasSubstr("* 45 EXPUNGE"));
}

}  // namespace
}  // namespace roost::imapd
