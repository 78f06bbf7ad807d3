#include "imapd/progress_teller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

// A command that works for half a minute, on the loop of the simulation.
task<> work_slowly(Session& session, std::shared_ptr<accounts::Errand> errand) {
  ProgressTeller teller(session, errand);
  for (uint32_t second = 0; second < 30; ++second) {
    if (errand) errand->note_progress(second * 10, 250);
    co_await session.stream().loop().sleep(Millis(1'000));
  }
  co_await teller.end();
  imap::write_untagged(session.buffer(), imap::Condition::ok, {}, "Done.");
  Result<> written = co_await session.flush();
  (void)written;  // the client may be gone
}

task<> receive_all(net::Stream& stream, std::string& into) {
  std::vector<char> buffer(1'000);
  while (true) {
    Result<size_t> got = co_await stream.read(buffer);
    if (!got) break;
    into.append(buffer.data(), *got);
  }
}

struct Progress : testing::Test {
  Progress() {
    auto [mine, theirs] = net::make_memory_streams(server.loop(), server.loop());
    stream = std::move(mine);
    session = std::make_unique<Session>(std::move(theirs), server.services);
    rt::spawn(server.loop(), receive_all(*stream, received));
  }
  ~Progress() override {
    stream->abort();
    session->stream().abort();
    server.settle();
  }
  std::string while_working(std::shared_ptr<accounts::Errand> errand) {
    rt::spawn(server.loop(), work_slowly(*session, std::move(errand)));
    server.settle(Millis(40'000));
    return received;
  }

  TestServer server;
  std::unique_ptr<net::Stream> stream;
  std::unique_ptr<Session> session;
  std::string received;
};

TEST_F(Progress, IsToldEveryTwelveSecondsAndNeverAtTheGoal) {
  EXPECT_THAT(while_working(std::make_shared<accounts::Errand>()),
              testing::MatchesRegex("\\* OK \\[INPROGRESS \\(NIL 1[12]0 250\\)\\] Still working on it.\r\n"
                                    "\\* OK \\[INPROGRESS \\(NIL 2[34]0 250\\)\\] Still working on it.\r\n"
                                    "\\* OK Done.\r\n"));
}

TEST_F(Progress, IsAKeepaliveWhereNothingIsKnown) {
  EXPECT_EQ(while_working(nullptr),
            "* OK [INPROGRESS (NIL NIL NIL)] Still working on it.\r\n"
            "* OK [INPROGRESS (NIL NIL NIL)] Still working on it.\r\n"
            "* OK Done.\r\n");
}

TEST_F(Progress, EndsWithAClientThatIsGone) {
  stream->abort();
  server.settle();
  rt::spawn(server.loop(), work_slowly(*session, nullptr));
  server.settle(Millis(40'000));
  EXPECT_EQ(received, "");
}

}  // namespace
}  // namespace roost::imapd
