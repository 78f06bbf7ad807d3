#include "restorer.h"

#include <fmt/format.h>

namespace roost::simulation {

task<> Restorer::live() {
  for (uint32_t step = 0; step < 1 + stage_.plan().steps / 8; ++step) {
    co_await stage_.loop().sleep(Millis(dice_.below(5'000)));
    co_await restore();
  }
  finished_ = true;
}

task<> Restorer::restore() {
  std::string user = dice_.pick(kUsers);
  Node* node = stage_.any_node(dice_);
  if (node == nullptr) co_return;
  History& history = stage_.history(user);
  AttemptPtr attempt = history.ask_to_restore(node->number());
  auto answer = std::make_shared<std::optional<Result<mail::OperationResult>>>();
  stage_.trace().line("admin", fmt::format("undelete {} INBOX, on node {}", user, node->number()));
  node->execute(history.account(), mail::Undelete{.mailbox = "INBOX"}, answer);
  while (!*answer && node->alive()) co_await stage_.loop().sleep(Millis(20));
  if (!*answer || !**answer) {
    stage_.trace().line("admin", *answer ? (*answer)->error().text : "(the node is dead)");
    co_return history.lose(attempt);
  }
  uint64_t messages = 0;
  for (const auto& place : std::get<mail::Undeleted>(***answer).places) messages += place.messages;
  stage_.trace().line("admin", fmt::format("{} messages are back", messages));
  // One that has not heard yet of what was expunged on another one brings nothing back, nor does it need to.
  bool knew_all = stage_.plan().nodes == 1 || attempt->version;
  bool kept_for_long = !stage_.plan().has(Fault::clock) && !stage_.plan().has(Fault::full);
  history.restored(attempt, messages, knew_all && kept_for_long);
}

}  // namespace roost::simulation
