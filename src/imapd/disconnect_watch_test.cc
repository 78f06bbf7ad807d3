#include "imapd/disconnect_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

// A store so slow that a search of all bodies takes minutes.
struct LongSearch : testing::Test {
  LongSearch() {
    TestClient setup(server);
    setup.log_in();
    for (int i = 0; i < 200; ++i) setup.append("INBOX", "Subject: x\r\n\r\nbody\r\n");
  }
  void slow_down() { server.store->set_faults({.delay_ms_max = Millis(60'000)}); }

  TestServer server;
};

TEST_F(LongSearch, ASearchEndsWhenItsClientGoes) {
  TestClient other(server, "INBOX");
  {
    TestClient client(server, "INBOX");
    slow_down();
    EXPECT_EQ(client.send("a SEARCH BODY nothing-like-it\r\n"), "");
    EXPECT_EQ(server.services.stats.connections, 2u);
  }
  server.settle(Millis(120'000));
  EXPECT_EQ(server.services.stats.connections, 1u);
}

TEST_F(LongSearch, WhatTheClientSendsMeanwhileIsAnsweredAfterwards) {
  TestClient client(server, "INBOX");
  slow_down();
  EXPECT_EQ(client.send("a SEARCH BODY nothing-like-it\r\n"), "");
  EXPECT_EQ(client.send("b NO"), "");
  EXPECT_EQ(client.send("OP\r\nc NOOP\r\n"), "");
  server.settle(Millis(4 * 3'600'000));
  std::string answer = client.take();
  EXPECT_THAT(answer, testing::StartsWith("* OK [INPROGRESS (\"a\" "));
  EXPECT_THAT(answer.substr(answer.find("* SEARCH")),
              testing::StartsWith("* SEARCH\r\na OK SEARCH completed.\r\nb OK NOOP completed.\r\n"
                                  "c OK NOOP completed.\r\n"));
}

TEST_F(LongSearch, SaysHowFarItIsAndNeverGoesBack) {
  TestClient client(server, "INBOX");
  slow_down();
  client.send("a SEARCH BODY nothing-like-it\r\n");
  server.settle(Millis(4 * 3'600'000));
  std::string answer = client.take();
  constexpr std::string_view kBefore = "INPROGRESS (\"a\" ";
  unsigned long last = 0;
  for (size_t at = answer.find(kBefore); at != std::string::npos; at = answer.find(kBefore, at + 1)) {
    unsigned long done = std::stoul(answer.substr(at + kBefore.size()));
    EXPECT_GE(done, last);
    EXPECT_LT(done, 200u);
    EXPECT_EQ(answer.substr(answer.find(')', at) - 4, 4), " 200");
    last = done;
  }
  EXPECT_GT(last, 0u);
}

TEST_F(LongSearch, PipelinedCommandsAreLeftAlone) {
  TestClient client(server, "INBOX");
  EXPECT_EQ(client.send("a SEARCH BODY nothing-like-it\r\nb NOOP\r\nc LOGOUT\r\n"),
            "* SEARCH\r\na OK SEARCH completed.\r\nb OK NOOP completed.\r\n* BYE Goodbye.\r\n"
            "c OK LOGOUT completed.\r\n");
}

}  // namespace
}  // namespace roost::imapd
