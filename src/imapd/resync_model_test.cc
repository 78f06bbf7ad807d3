// A QRESYNC client that goes away and comes back, over random changes, checkpoints and accounts that were closed in
// between: after each resynchronisation its cache is the mailbox as it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <tuple>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using Cache = std::map<uint32_t, std::string>;  // uid → "FLAGS (…) MODSEQ (…)", as the server wrote it

std::set<uint32_t> uids_of(const std::string& set) {
  std::set<uint32_t> uids;
  std::istringstream parts(set);
  for (std::string part; std::getline(parts, part, ',');) {
    size_t colon = part.find(':');
    uint64_t first = std::stoull(part);
    uint64_t last = colon == std::string::npos ? first : std::stoull(part.substr(colon + 1));
    for (uint64_t uid = first; uid <= last; ++uid) uids.insert(static_cast<uint32_t>(uid));
  }
  return uids;
}

uint64_t number_after(const std::string& text, std::string_view word) {
  size_t at = text.find(word);
  RC_ASSERT(at != std::string::npos);
  return std::stoull(text.substr(at + word.size()));
}

void hear_fetch(Cache& cache, const std::string& line) {
  if (line.find(" FETCH (UID ") == std::string::npos || line.find("FLAGS (") == std::string::npos) return;
  std::string rest = line.substr(line.find("FLAGS ("));
  if (rest.back() == '\r') rest.pop_back();
  for (std::string_view recent : {" \\Recent", "\\Recent"}) {
    if (size_t at = rest.find(recent); at != std::string::npos) rest.erase(at, recent.size());
  }
  cache[static_cast<uint32_t>(number_after(line, "UID "))] = rest;
}

// The whole mailbox, as a client that knows nothing gets it.
Cache fetch_all(TestServer& server) {
  TestClient client(server);
  client.log_in();
  client.run("EXAMINE INBOX (CONDSTORE)");
  Cache cache;
  std::istringstream lines(client.run("UID FETCH 1:* (FLAGS)"));
  for (std::string line; std::getline(lines, line);) hear_fetch(cache, line);
  return cache;
}

// What the client keeps while it is away.
class Disconnected {
 public:
  // SELECT (QRESYNC …), then the messages that are new, as RFC 7162 6 says.
  void resynchronise(TestServer& server, bool with_known_uids, bool with_numbers, bool by_fetch) {
    TestClient client(server);
    client.log_in();
    client.run("ENABLE QRESYNC");
    std::string opened = client.run(by_fetch ? "SELECT INBOX" : select_command(with_known_uids, with_numbers));
    RC_ASSERT(opened.find("OK [READ-WRITE]") != std::string::npos);
    uint64_t uidnext = number_after(opened, "UIDNEXT ");
    hear(opened);
    if (by_fetch && mod_seq_ > 0) {
      hear(client.run(fmt::format("UID FETCH 1:* (FLAGS) (CHANGEDSINCE {} VANISHED)", mod_seq_)));
    }
    if (uidnext_ < uidnext) hear(client.run(fmt::format("UID FETCH {}:* (FLAGS)", uidnext_)));
    validity_ = number_after(opened, "UIDVALIDITY ");
    mod_seq_ = number_after(opened, "HIGHESTMODSEQ ");
    uidnext_ = uidnext;
  }

  const Cache& cache() const { return cache_; }

 private:
  std::string select_command(bool with_known_uids, bool with_numbers) const {
    if (mod_seq_ == 0) return "SELECT INBOX";
    std::string known;
    if (with_known_uids && !cache_.empty()) known = " " + list_of_uids(1);
    if (with_numbers && !cache_.empty()) known += fmt::format(" ({} {})", list_of_numbers(), list_of_uids(3));
    return fmt::format("SELECT INBOX (QRESYNC ({} {}{}))", validity_, mod_seq_, known);
  }
  // Every third message is enough of a sample.
  std::string list_of_numbers() const {
    std::string list;
    for (size_t i = 0; i < cache_.size(); i += 3) list += fmt::format("{}{}", i == 0 ? "" : ",", i + 1);
    return list;
  }
  std::string list_of_uids(size_t step) const {
    std::string list;
    size_t i = 0;
    for (const auto& [uid, row] : cache_) {
      if (i++ % step == 0) list += fmt::format("{}{}", list.empty() ? "" : ",", uid);
    }
    return list;
  }

  void hear(const std::string& answer) {
    std::istringstream lines(answer);
    for (std::string line; std::getline(lines, line);) {
      std::string_view vanished = "* VANISHED (EARLIER) ";
      if (line.starts_with(vanished)) {
        for (uint32_t uid : uids_of(line.substr(vanished.size()))) cache_.erase(uid);
      } else {
        RC_ASSERT(line.find("VANISHED") == std::string::npos);
        hear_fetch(cache_, line);
      }
    }
  }

  uint64_t validity_ = 0;
  uint64_t mod_seq_ = 0;
  uint64_t uidnext_ = 1;
  Cache cache_;
};

accounts::AccountsConfig forgetful_config() {
  accounts::AccountsConfig config;
  config.open_bytes_max = 0;                  // whom nobody uses is closed, and opened from what was stored
  config.limits.traces_per_mailbox_max = 12;  // so that the floor rises
  return config;
}

using Step = std::tuple<uint8_t, uint8_t, uint8_t>;  // what, and two arguments

class Story {
 public:
  Story() : server_({}, 1, forgetful_config()) {
    TestClient setup(server_);
    setup.log_in();
    for (int i = 0; i < 12; ++i) setup.append("INBOX", "x");
    setup.run("CREATE other");
  }

  void play(const Step& step) {
    auto [what, a, b] = step;
    switch (what % 8) {
      case 0: return change([&](TestClient& other) { other.append("INBOX", "x", "(\\Flagged) "); });
      case 1:
        return change(
            [&](TestClient& other) { other.run(fmt::format("UID STORE {}:{} +FLAGS ($Key)", a, a + b % 4)); });
      case 2:
      case 3:
        return change([&](TestClient& other) {
          other.run(fmt::format("UID STORE {} +FLAGS.SILENT (\\Deleted)", a % 32));
          other.run("EXPUNGE");
        });
      case 4: return change([&](TestClient& other) { other.run(fmt::format("UID MOVE {} other", a % 32)); });
      case 5: return checkpoint();
      default: return resynchronise(a, b);
    }
  }
  void resynchronise(uint8_t a, uint8_t b) {
    Disconnected& client = clients_[a % clients_.size()];
    client.resynchronise(server_, (b & 1) != 0, (b & 2) != 0, (b & 4) != 0);
    RC_ASSERT(client.cache() == fetch_all(server_));
  }

 private:
  template <class Fn>
  void change(Fn fn) {
    TestClient other(server_, "INBOX");
    fn(other);
  }
  void checkpoint() { RC_ASSERT(server_.simulation->wait(server_.accounts->maintain(AccountId(1))).has_value()); }

  TestServer server_;
  std::array<Disconnected, 3> clients_;
};

RC_GTEST_PROP(Resynchronisation, MakesTheCacheWhatTheMailboxIs, (const std::vector<Step>& steps)) {
  Story story;
  for (const Step& step : steps) story.play(step);
  for (uint8_t client = 0; client < 3; ++client) story.resynchronise(client, static_cast<uint8_t>(client * 3));
}

}  // namespace
}  // namespace roost::imapd
