// Several sessions on one mailbox, against a naive model: whatever they do, what each client has been told adds up to
// the mailbox as it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <tuple>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using Flags = std::set<std::string>;

struct Message {
  uint32_t uid = 0;
  Flags flags;
};

// The mailbox, by the words of RFC 3501.
struct Model {
  std::vector<Message> messages;
  uint32_t uidnext = 1;

  Message* find(uint32_t uid) {
    auto it = std::find_if(messages.begin(), messages.end(), [uid](const Message& m) { return m.uid == uid; });
    return it == messages.end() ? nullptr : &*it;
  }
  void append(Flags flags) { messages.push_back({uidnext++, std::move(flags)}); }
  void expunge(const std::set<uint32_t>* only) {
    std::erase_if(messages, [only](const Message& m) {
      return m.flags.contains("\\Deleted") && (only == nullptr || only->contains(m.uid));
    });
  }
};

enum class How : uint8_t { replace, add, remove };

Flags apply(Flags flags, How how, const std::string& flag) {
  if (how == How::replace) return {flag};
  if (how == How::add) flags.insert(flag);
  if (how == How::remove) flags.erase(flag);
  return flags;
}

// What a client that believes every word knows.
class Believer {
 public:
  struct Entry {
    std::optional<uint32_t> uid;
    std::optional<Flags> flags;
  };

  Believer(TestServer& server) : client_(server) {
    client_.log_in();
    hear(client_.select("INBOX"), true);
    hear(client_.run("UID FETCH 1:* (FLAGS)"), true);
  }

  std::vector<Entry> entries;

  std::string say(const std::string& command, bool may_expunge) {
    std::string answer = client_.run(command);
    hear(answer, may_expunge);
    RC_ASSERT(answer.find("BAD ") == std::string::npos);
    return answer;
  }
  void start_idle() { hear(client_.send("I IDLE\r\n"), true); }
  void stop_idle() {
    hear(client_.take(), true);
    hear(client_.send("DONE\r\n"), true);
  }
  void expect_equals(const Model& model) const {
    RC_ASSERT(entries.size() == model.messages.size());
    for (size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].uid) RC_ASSERT(*entries[i].uid == model.messages[i].uid);
      if (entries[i].flags) RC_ASSERT(*entries[i].flags == model.messages[i].flags);
    }
  }

 private:
  void hear(const std::string& answer, bool may_expunge) {
    std::istringstream lines(answer);
    std::string line;
    while (std::getline(lines, line)) {
      if (line.starts_with("* ")) hear_line(line.substr(2), may_expunge);
    }
  }
  void hear_line(const std::string& line, bool may_expunge) {
    uint32_t number = 0;
    char word[16] = {};
    if (std::sscanf(line.c_str(), "%u %15s", &number, word) != 2) return;
    if (std::string_view(word) == "EXISTS") {
      RC_ASSERT(number >= entries.size());
      entries.resize(number);
    } else if (std::string_view(word) == "EXPUNGE") {
      RC_ASSERT(may_expunge);
      RC_ASSERT(number >= 1 && number <= entries.size());
      entries.erase(entries.begin() + (number - 1));
    } else if (std::string_view(word) == "FETCH") {
      RC_ASSERT(number >= 1 && number <= entries.size());
      hear_fetch(entries[number - 1], line);
    }
  }
  static void hear_fetch(Entry& entry, const std::string& line) {
    if (size_t at = line.find("UID "); at != std::string::npos) {
      auto uid = static_cast<uint32_t>(std::stoul(line.substr(at + 4)));
      RC_ASSERT(entry.uid.value_or(uid) == uid);
      entry.uid = uid;
    }
    size_t at = line.find("FLAGS (");
    if (at == std::string::npos) return;
    at += 7;
    std::istringstream words(line.substr(at, line.find(')', at) - at));
    Flags flags;
    for (std::string flag; words >> flag;) {
      if (flag != "\\Recent") flags.insert(flag);
    }
    entry.flags = flags;
  }

  TestClient client_;
};

constexpr const char* kFlags[] = {"\\Seen", "\\Flagged", "\\Deleted", "$Key"};

using Step = std::tuple<uint8_t, uint8_t, uint8_t, uint8_t>;  // who, what, and two arguments

class Game {
 public:
  Game() {
    TestClient setup(server_);
    setup.log_in();
    setup.run("CREATE other");
    for (int i = 0; i < 5; ++i) {
      setup.append("INBOX", "x", "(\\Seen) ");
      model_.append({"\\Seen"});
    }
    for (auto& client : clients_) client = std::make_unique<Believer>(server_);
  }

  void play(const Step& step) {
    auto [who, what, a, b] = step;
    Believer& client = *clients_[who % clients_.size()];
    switch (what % 9) {
      case 0: return append(client, a);
      case 1:
      case 2: return store(client, a, b);
      case 3: return expunge(client, a);
      case 4: return move(client, a);
      case 5: return look(client);
      case 6: return idle(client, a);
      default: return noop(client);
    }
  }
  void finish() {
    for (auto& client : clients_) noop(*client);
    for (auto& client : clients_) {
      client->say("UID FETCH 1:* (FLAGS)", true);
      client->expect_equals(model_);
      RC_ASSERT(std::all_of(client->entries.begin(), client->entries.end(), [](auto& e) { return e.uid && e.flags; }));
    }
  }

 private:
  void append(Believer& client, uint8_t a) {
    std::string flag = kFlags[a % 4];
    model_.append({flag});
    client.say(fmt::format("APPEND INBOX ({}) {{1+}}\r\nx", flag), true);
    client.expect_equals(model_);
  }

  // By number, on messages that the client knows, and what it must conclude where nothing is said.
  void store(Believer& client, uint8_t a, uint8_t b) {
    if (client.entries.empty()) return noop(client);
    size_t first = a % client.entries.size();
    size_t last = std::min(client.entries.size() - 1, first + b % 3);
    auto how = static_cast<How>((b / 3) % 3);
    std::string flag = kFlags[(a / 8) % 4];
    bool silent = b % 2 == 0;
    learn_uids(client);
    for (size_t i = first; i <= last; ++i) {
      Believer::Entry& entry = client.entries[i];
      if (Message* message = model_.find(*entry.uid)) message->flags = apply(message->flags, how, flag);
      if (silent && entry.flags) entry.flags = apply(*entry.flags, how, flag);
    }
    constexpr const char* kNames[] = {"FLAGS", "+FLAGS", "-FLAGS"};
    client.say(fmt::format("STORE {}:{} {}{} ({})", first + 1, last + 1, kNames[static_cast<int>(how)],
                           silent ? ".SILENT" : "", flag),
               false);
  }

  void expunge(Believer& client, uint8_t a) {
    if (a % 2 == 0 || client.entries.empty()) {
      model_.expunge(nullptr);
      client.say("EXPUNGE", true);
    } else {
      learn_uids(client);
      uint32_t uid = *client.entries[a % client.entries.size()].uid;
      std::set<uint32_t> only = {uid};
      model_.expunge(&only);
      client.say(fmt::format("UID EXPUNGE {}", uid), true);
    }
    client.expect_equals(model_);
  }

  void move(Believer& client, uint8_t a) {
    if (client.entries.empty()) return;
    learn_uids(client);
    uint32_t uid = *client.entries[a % client.entries.size()].uid;
    std::erase_if(model_.messages, [uid](const Message& m) { return m.uid == uid; });
    client.say(fmt::format("UID MOVE {} other", uid), true);
    client.expect_equals(model_);
  }

  // FETCH and SEARCH by number: no number shifts, and expunged messages still have theirs.
  void look(Believer& client) {
    if (client.entries.empty()) return;
    size_t before = client.entries.size();
    client.say(fmt::format("FETCH 1:{} (UID)", before), false);
    client.say("SEARCH ALL", false);
    RC_ASSERT(client.entries.size() >= before);
  }

  void idle(Believer& client, uint8_t a) {
    client.start_idle();
    Believer& other = *clients_[a % clients_.size()];
    if (&other != &client) append(other, a);
    client.stop_idle();
    client.expect_equals(model_);
  }

  void noop(Believer& client) {
    client.say("NOOP", true);
    client.expect_equals(model_);
  }

  // Once more if the first answer told of arrivals.
  static void learn_uids(Believer& client) {
    auto known = [](const Believer::Entry& entry) { return entry.uid.has_value(); };
    for (int i = 0; i < 2 && !std::all_of(client.entries.begin(), client.entries.end(), known); ++i) {
      client.say(fmt::format("FETCH 1:{} (UID)", client.entries.size()), false);
    }
    RC_ASSERT(std::all_of(client.entries.begin(), client.entries.end(), known));
  }

  TestServer server_;
  Model model_;
  std::array<std::unique_ptr<Believer>, 3> clients_;
};

RC_GTEST_PROP(Sessions, AreToldExactlyWhatHappened, (const std::vector<Step>& steps)) {
  Game game;
  for (const Step& step : steps) game.play(step);
  game.finish();
}

}  // namespace
}  // namespace roost::imapd
