// Sessions on real threads, on both sides of a loop boundary: what the thread sanitizer looks at.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "auth/local.h"
#include "fmt/format.h"
#include "imapd/server.h"
#include "net/memory_stream.h"
#include "rt/real.h"
#include "store/memory/memory.h"

namespace roost::imapd {
namespace {

inline constexpr int kClients = 6;
inline constexpr int kRounds = 15;

// Sends commands and waits for their tagged replies, on its stream's loop.
class Talker {
 public:
  explicit Talker(std::unique_ptr<net::Stream> stream) : stream_(std::move(stream)) {}

  task<Result<std::string>> say(std::string command) {
    std::string tag = fmt::format("t{}", ++tags_);
    std::string line = fmt::format("{} {}\r\n", tag, command);
    ROOST_CO_TRY_VOID(co_await stream_->write(line));
    std::string answer;
    std::vector<char> buffer(16 * 1024);
    while (answer.find("\n" + tag + " ") == std::string::npos && !answer.starts_with(tag + " ")) {
      ROOST_CO_TRY(size_t got, co_await stream_->read(buffer));
      answer.append(buffer.data(), got);
    }
    co_return answer;
  }
  net::Stream& stream() { return *stream_; }

 private:
  std::unique_ptr<net::Stream> stream_;
  int tags_ = 0;
};

task<Result<std::string>> work(Talker& talker, int number) {
  ROOST_CO_TRY_VOID(co_await talker.say("LOGIN alice secret"));
  ROOST_CO_TRY_VOID(co_await talker.say("SELECT INBOX"));
  for (int round = 0; round < kRounds; ++round) {
    ROOST_CO_TRY_VOID(co_await talker.say("APPEND INBOX {17+}\r\nSubject: x\r\n\r\nabc"));
    ROOST_CO_TRY_VOID(
        co_await talker.say(fmt::format("UID STORE {}:{} +FLAGS (\\Seen $k{})", round, round + 9, number)));
    ROOST_CO_TRY_VOID(co_await talker.say("UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])"));
    if (round % 4 == number % 4) {
      ROOST_CO_TRY_VOID(co_await talker.say(fmt::format("UID STORE {} +FLAGS.SILENT (\\Deleted)", round * 2 + number)));
      ROOST_CO_TRY_VOID(co_await talker.say("EXPUNGE"));
    }
    ROOST_CO_TRY_VOID(co_await talker.say("UID SEARCH BODY abc"));
    ROOST_CO_TRY_VOID(co_await talker.say("NOOP"));
  }
  co_return std::string();
}

struct Outcome {
  std::atomic<int> working{kClients};
  std::atomic<int> left{kClients};
  std::string views[kClients];
  std::string errors[kClients];
};

// Each session has messages of its own that are \Recent; everything else they share.
std::string without_recent(std::string view) {
  for (std::string_view word : {" \\Recent", "\\Recent ", "\\Recent"}) {
    for (size_t at = view.find(word); at != std::string::npos; at = view.find(word)) view.erase(at, word.size());
  }
  return view.substr(0, view.find("\nt"));
}

task<> client(std::unique_ptr<net::Stream> stream, int number, Outcome& outcome, rt::RealLoops& loops) {
  Talker talker(std::move(stream));
  Result<std::string> worked = co_await work(talker, number);
  if (!worked) outcome.errors[number] = worked.error().text;
  --outcome.working;
  while (outcome.working > 0) co_await talker.stream().loop().sleep(Millis(16));
  Result<std::string> noop = co_await talker.say("NOOP");
  Result<std::string> view = co_await talker.say("FETCH 1:* (UID FLAGS)");
  if (noop && view) outcome.views[number] = without_recent(*std::move(view));
  if (--outcome.left == 0) loops.stop();
}

TEST(Parallel, SessionsOnSeveralLoopsEndWithTheSameView) {
  auto loops = rt::make_loops(2);
  auto pool = rt::make_pool("test", 3);
  store::MemoryDisk disk;
  auto store = disk.attach();
  auto accounts = accounts::make_accounts({}, *store, *loops, *pool, system_clock());
  auto authenticator = auth::make_memory_authenticator(loops->at(0), *pool);
  Services services({}, *accounts, *authenticator);
  Outcome outcome;

  static auto begin = [](store::AccountStore& s, auth::Authenticator& who, Services& imap, rt::RealLoops& all,
                         Outcome& out) -> task<> {
    AccountId account = (co_await s.new_account_id()).value();
    Result<auth::UserInfo> added = co_await who.add_user("alice", account, auth::Secret("secret"));
    if (!added) out.errors[0] = added.error().text;
    for (int i = 0; i < kClients; ++i) {
      // Clients and servers on either loop, in all combinations.
      auto [mine, theirs] = net::make_memory_streams(all.at(i % 2), all.at((i / 2) % 2));
      rt::spawn(all.at((i / 2) % 2), serve(std::move(theirs), imap));
      rt::spawn(all.at(i % 2), client(std::move(mine), i, out, all));
    }
  };
  rt::spawn(loops->at(0), begin(*store, *authenticator, services, *loops, outcome));
  loops->run();

  std::set<std::string> views(std::begin(outcome.views), std::end(outcome.views));
  for (const std::string& error : outcome.errors) EXPECT_EQ(error, "");
  EXPECT_EQ(views.size(), 1u);
  EXPECT_THAT(*views.begin(), testing::HasSubstr("$k5"));
  pool.reset();
  loops.reset();
}

}  // namespace
}  // namespace roost::imapd
