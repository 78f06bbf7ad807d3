#include "client.h"

#include <fmt/format.h>

#include <array>

namespace roost::simulation {
namespace {

constexpr Millis kReconnect{300};
constexpr int kTriesMax = 10;  // at the end; a mailbox that was deleted ends its sessions

// Between two commands: mostly at once, sometimes long enough for a node to read the log anew.
Millis pause(Dice& dice) {
  uint64_t kind = dice.below(100);
  if (kind < 60) return Millis(0);
  if (kind < 90) return Millis(dice.below(100));
  if (kind < 98) return Millis(dice.below(5'000));
  return Millis(dice.below(45'000));
}

Code code_of(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, Code>, 6> kCodes = {{{"NONEXISTENT", Code::nonexistent},
                                                                        {"TRYCREATE", Code::try_create},
                                                                        {"ALREADYEXISTS", Code::already_exists},
                                                                        {"CANNOT", Code::cannot},
                                                                        {"HASCHILDREN", Code::has_children},
                                                                        {"EXPUNGEISSUED", Code::expunge_issued}}};
  for (auto [name, code] : kCodes) {
    if (word == name) return code;
  }
  return Code::none;
}

}  // namespace

Client::Client(Stage& stage, uint32_t number, std::string user)
    : stage_(stage),
      name_(fmt::format("{} {}", user, number)),
      user_(std::move(user)),
      dice_(stage.plan().seed, number),
      history_(stage.history(user_)) {}

void Client::fail(const std::string& why) { stage_.judge().fail(fmt::format("{}: {}", name_, why)); }

task<> Client::live() {
  for (uint32_t step = 0; step < stage_.plan().steps; ++step) {
    co_await stage_.loop().sleep(pause(dice_));
    if (connection_) {
      co_await act();
    } else {
      co_await connect();
    }
  }
  finished_ = true;
}

task<> Client::act() {
  if (!view_ && dice_.chance(70)) return select(dice_.chance(40) ? "INBOX" : any_name());
  switch (dice_.below(30)) {
    case 0:
    case 1: return select(any_name());
    case 2:
    case 3:
    case 4: return noop();
    case 5: return idle();
    case 6: return fetch_body();
    case 7: return fetch_flags();
    case 8: return status();
    case 9: return list();
    case 10: return log_out();
    case 11: return close();
    case 12:
    case 13: return change_mailboxes();
    case 14:
    case 15: return copy();
    case 16: return carry();
    case 17:
    case 18: return expunge();
    case 19: return replace();
    case 20:
    case 21:
    case 22:
    case 23: return append();
    default: return store();
  }
}

task<> Client::connect() {
  connection_ = stage_.connect(Protocol::imap, dice_);
  if (!connection_) {
    co_await stage_.loop().sleep(kReconnect);
    co_return;
  }
  stage_.trace().line(name_, fmt::format("connects to node {}", connection_->node()));
  seen_ = 0;
  qresync_ = dice_.chance(60);
  std::string greeting = co_await connection_->response();
  if (greeting.empty()) co_return disconnect();
  Answer answer = co_await command(fmt::format("LOGIN {} secret", user_));
  if (answer.lost) co_return;
  if (!answer.ok()) co_return disconnect();
  if (qresync_) co_await command("ENABLE QRESYNC");
}

void Client::disconnect() {
  save_cache();
  view_.reset();
  // Another node may not have heard yet of what this client knows.
  if (stage_.plan().nodes > 1) caches_.clear();
  if (!connection_) return;
  if (connection_->hung()) fail("no answer came");
  connection_->cut();
  connection_.reset();
}

// Or just goes away, as clients do.
task<> Client::log_out() {
  if (dice_.chance(50)) co_await command("LOGOUT");
  disconnect();
}

task<> Client::finish() {
  finished_ = false;
  for (int tries = 0; tries < kTriesMax && (tries == 0 || !view_); ++tries) {
    if (!connection_) co_await connect();
    if (connection_ && !view_) co_await select("INBOX");
    if (connection_) co_await noop();
  }
  if (!connection_ || !view_) {
    fail("nothing goes wrong any more, and still it cannot look");
    co_return;
  }
  const mail::ModelMailbox* mailbox = history_.mailbox(history_.newest(), UidValidity(view_->uidvalidity));
  if (mailbox == nullptr || !view_->fits(*mailbox)) fail("at the end it sees " + view_->text());
  co_await command("LOGOUT");
  disconnect();
  finished_ = true;
}

// --- one command ---

task<Client::Answer> Client::command(std::string command) {
  if (!connection_) co_return Answer();
  std::string tag = fmt::format("T{}", ++tags_);
  std::string line = fmt::format("{} {}\r\n", tag, command);
  stage_.trace().line(name_, line);
  std::shared_ptr<Connection> connection = connection_;
  if (!co_await connection->send(std::move(line))) {
    disconnect();
    co_return Answer();
  }
  co_return co_await answer_to(std::move(tag));
}

task<Client::Answer> Client::answer_to(std::string tag) {
  Answer answer;
  std::shared_ptr<Connection> connection = connection_;
  for (;;) {
    std::string response = co_await connection->response();
    stage_.trace().line(name_, response.empty() ? "(the connection is gone)" : response);
    if (response.empty()) {
      disconnect();
      co_return answer;
    }
    bool tagged = response.starts_with(tag + " ");
    hear(tagged ? "* " + response.substr(tag.size() + 1) : response, answer);
    if (!tagged) continue;
    std::string_view rest = std::string_view(response).substr(tag.size() + 1);
    answer.lost = false;
    answer.condition = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), answer.condition.size() + 1));
    if (rest.starts_with('[')) {
      answer.code = rest.substr(1, rest.find(']') - 1);
      rest.remove_prefix(rest.find(']') + 1);
    }
    answer.text = rest;
    if (answer.condition == "BAD") fail("BAD: " + answer.text);
    if (answer.code == "SERVERBUG") fail("a fault: " + answer.text);
    co_return answer;
  }
}

void Client::hear(const std::string& response, Answer& answer) {
  answer.untagged.push_back(response);
  for (std::string_view code : {"* OK [APPENDUID ", "* OK [COPYUID "}) {
    if (response.starts_with(code)) answer.uids = response.substr(code.size(), response.find(']') - code.size());
  }
  if (!view_) return;
  if (std::string wrong = view_->hear(response); !wrong.empty()) fail(wrong);
}

// --- what becomes of what was asked for ---

void Client::resolve(const AttemptPtr& attempt, const Answer& answer) {
  if (answer.lost) {
    history_.lose(attempt);
  } else if (answer.ok()) {
    history_.acknowledge(attempt);
  } else {
    refuse(attempt, answer);
  }
}

void Client::refuse(const AttemptPtr& attempt, const Answer& answer) {
  bool nothing_done = answer.code == "LIMIT" || answer.text.find("The store takes no changes now") != std::string::npos;
  if (answer.code == "LIMIT" && !stage_.plan().has(Fault::full)) fail("no room, and the disk is not full");
  if (nothing_done) return history_.refuse(attempt, Code::none);
  // Some of a STORE's messages were gone; it was done for the others.
  if (answer.code == "EXPUNGEISSUED" && std::holds_alternative<mail::Store>(attempt->operation)) {
    return history_.settle(attempt);
  }
  Code code = code_of(answer.code);
  if (code == Code::none) return history_.lose(attempt);
  history_.refuse(attempt, code);
}

}  // namespace roost::simulation
