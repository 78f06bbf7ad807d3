// Scenarios that change what is in a mailbox: STORE, COPY, MOVE.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>

#include "driver.h"

namespace bench {
namespace {

// By user and uid.
using Flagged = std::map<std::pair<size_t, size_t>, bool>;

// Where one connection changes the first user's mailbox; commands of several overtake each other.
void check_flags(const Options& o, const Flagged& flagged) {
  if (o.connections > o.users) return;
  std::string all = logged_in(o, 0, true)->run("UID SEARCH FLAGGED");
  auto found = numbers_in(std::string_view(all).substr(0, all.find("\r\n")));
  for (const auto& [key, on] : flagged) {
    if (key.first == 0) expect(std::ranges::binary_search(found, key.second) == on, "a flag is not as stored");
  }
}

// Gives how many messages there are.
size_t unflag_all(const Options& o, size_t user) {
  auto connection = logged_in(o, user);
  size_t messages = messages_in(*connection, o.mailbox);
  expect(messages > 0, "there is nothing to change");
  connection->run("SELECT " + o.mailbox);
  connection->run("STORE 1:* -FLAGS.SILENT (\\Flagged)");
  return messages;
}

// Of the whole mailbox, to a new one and, if they were moved, back.
class Transfer {
 public:
  Transfer(const Options& o, std::string verb)
      : o_(o), verb_(std::move(verb)), connection_(logged_in(o, 0)), count_(messages_in(*connection_, o.mailbox)) {}

  double time_one() {
    connection_->run("CREATE " + target_);
    connection_->run("SELECT " + o_.mailbox);
    double begin = now_seconds();
    connection_->run(fmt::format("{} 1:* {}", verb_, target_));
    double seconds = now_seconds() - begin;
    connection_->run("UNSELECT");
    check_and_undo();
    return seconds;
  }

 private:
  void check_and_undo() {
    expect(messages_in(*connection_, target_) == count_, "not every message is in the target");
    if (verb_ == "MOVE") {
      expect(messages_in(*connection_, o_.mailbox) == 0, "messages stayed behind");
      connection_->run("SELECT " + target_);
      connection_->run("MOVE 1:* " + o_.mailbox);
      connection_->run("UNSELECT");
    }
    connection_->run("DELETE " + target_);
  }

  const Options& o_;
  std::string verb_;
  std::string target_ = "bench-target";
  std::unique_ptr<Connection> connection_;
  size_t count_;
};

void time_transfers(const Options& o, const char* name, const char* verb) {
  Transfer transfer(o, verb);
  Latencies latencies;
  Measurement measured(o, name);
  for (size_t i = 0; i < o.rounds; ++i) latencies.seconds.push_back(transfer.time_one());
  measured.end(o.rounds);
  measured.add(latencies);
  measured.print();
}

}  // namespace

// Every command changes something: a flag goes on, and the next time off again. At the end the flags must be as stored.
void run_store(const Options& o) {
  std::vector<size_t> messages;
  for (size_t i = 0; i < std::min(o.users, o.connections); ++i) messages.push_back(unflag_all(o, i));
  auto connections = connect_all(o, true);
  std::minstd_rand random(1);
  Flagged flagged;
  Measurement measured(o, "store");
  Latencies latencies = run_commands(o, connections, [&](size_t connection) {
    size_t user = connection % o.users;
    size_t uid = random() % messages[user] + 1;
    bool& on = flagged[{user, uid}];
    on = !on;
    return fmt::format("t UID STORE {} {}FLAGS.SILENT (\\Flagged)\r\n", uid, on ? "+" : "-");
  });
  measured.end(o.messages);
  measured.add(latencies);
  measured.print();
  check_flags(o, flagged);
}

void run_copy(const Options& o) { time_transfers(o, "copy", "COPY"); }
void run_move(const Options& o) { time_transfers(o, "move", "MOVE"); }

}  // namespace bench
