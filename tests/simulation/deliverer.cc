#include "deliverer.h"

#include <fmt/format.h>

namespace roost::simulation {
namespace {

const std::string kName = "mta";

}  // namespace

Deliverer::Deliverer(Stage& stage, uint32_t number) : stage_(stage), dice_(stage.plan().seed, number) {}

task<> Deliverer::live() {
  for (uint32_t step = 0; step < stage_.plan().steps / 3; ++step) {
    co_await stage_.loop().sleep(Millis(dice_.below(1'000)));
    if (!connection_) {
      connection_ = stage_.connect(Protocol::lmtp, dice_);
      if (!connection_) continue;
      stage_.trace().line(kName, fmt::format("connects to node {}", connection_->node()));
      if ((co_await reply()) != "220" || !co_await expect("LHLO mta.example", "250")) {
        disconnect();
        continue;
      }
    }
    co_await deliver();
  }
  disconnect();
  finished_ = true;
}

void Deliverer::disconnect() {
  if (!connection_) return;
  if (connection_->hung()) stage_.judge().fail("LMTP: no answer came");
  connection_->cut();
  connection_.reset();
}

task<std::string> Deliverer::reply() {
  std::shared_ptr<Connection> connection = connection_;
  for (;;) {
    std::string line = co_await connection->response();
    stage_.trace().line(kName, line);
    if (line.size() < 4 || line[3] == ' ') co_return line.substr(0, 3);
  }
}

task<bool> Deliverer::expect(std::string line, std::string code) {
  stage_.trace().line(kName, line);
  std::shared_ptr<Connection> connection = connection_;
  if (!co_await connection->send(line + "\r\n")) co_return false;
  co_return (co_await reply()) == code;
}

task<> Deliverer::deliver() {
  std::vector<std::string> users = kUsers;
  if (dice_.chance(60)) users = {dice_.pick(users)};
  if (!co_await expect("MAIL FROM:<>", "250")) co_return disconnect();
  for (const std::string& user : users) {
    if (!co_await expect(fmt::format("RCPT TO:<{}>", user), "250")) co_return disconnect();
  }
  if (!co_await expect("DATA", "354")) co_return disconnect();
  Contents& contents = stage_.contents();
  size_t size = dice_.chance(80) ? dice_.below(150) : dice_.below(3'000);
  std::string text = fmt::format("Subject: m{}\r\n\r\n{}\r\n", contents.size(), std::string(size, 'y'));
  auto key = std::make_shared<const Bytes>(std::to_string(contents.size()));
  contents.push_back({text, true});
  std::vector<AttemptPtr> attempts;
  for (const std::string& user : users) {
    mail::Append append{std::string("INBOX"), {}};
    append.messages.push_back({.flags = {},
                               .keywords = {},
                               .internal_date = {},
                               .size = text.size(),
                               .body = nullptr,
                               .blob = {},
                               .card = key,
                               .email_id = {},
                               .thread_id = {}});
    attempts.push_back(stage_.history(user).ask(connection_->node(), std::move(append)));
  }
  std::shared_ptr<Connection> connection = connection_;
  bool sent = co_await connection->send(text + ".\r\n");
  for (size_t i = 0; i < users.size(); ++i) {
    std::string code = sent ? co_await reply() : std::string();
    sent = sent && !code.empty();
    History& history = stage_.history(users[i]);
    code == "250" ? history.acknowledge(attempts[i]) : history.lose(attempts[i]);
  }
  if (!sent) disconnect();
}

}  // namespace roost::simulation
