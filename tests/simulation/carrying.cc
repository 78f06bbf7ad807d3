// COPY and MOVE into the other user's INBOX, in which this one may do all that it takes.
#include <fmt/format.h>

#include <algorithm>

#include "client.h"

namespace roost::simulation {

task<> Client::carry() {
  auto chosen = choose(3);
  if (!chosen) co_return;
  bool move = !read_only_ && dice_.chance(70);
  const std::string& other = user_ == kUsers[0] ? kUsers[1] : kUsers[0];
  History& target = stage_.history(other);
  MailboxId mailbox = selected();
  UidSet uids = chosen->uids;
  uint64_t node = connection_->node();
  AttemptPtr arrival = target.ask_to_bring(node, {&history_, mailbox, uids, "INBOX", move, history_.newest()});
  if (move) history_.ask_to_remove(node, mailbox, uids);
  Answer answer = co_await command(fmt::format("{}{} {} \"Other Users/{}/INBOX\"", chosen->by_uid ? "UID " : "",
                                               move ? "MOVE" : "COPY", chosen->set, other));
  std::string told = answer.code.starts_with("COPYUID ") ? answer.code.substr(8) : answer.uids;
  if (answer.ok() && !told.empty()) {
    target.acknowledge(arrival);
    check_carried(arrival, told, move);
  } else if (answer.ok()) {
    target.settle(arrival);  // there was nothing left to carry
  } else {
    target.lose(arrival);  // a MOVE may fail in its middle, and is finished by the next one or the next start
  }
  if (move) check_view("after MOVE");
}

// COPYUID (RFC 4315 3), and what was moved is here no more.
void Client::check_carried(const AttemptPtr& arrival, const std::string& told, bool move) {
  if (!arrival->version) return;
  auto uidvalidity = static_cast<uint32_t>(std::stoul(told));
  size_t space = told.find(' ');
  size_t second = told.find(' ', space + 1);
  std::set<uint32_t> from = parse_uids(told.substr(space + 1, second - space - 1));
  std::set<uint32_t> to = parse_uids(told.substr(second + 1));
  const auto& sent = std::get<mail::Append>(arrival->operation).messages;
  bool right = from.size() == to.size() && from.size() == sent.size();
  auto message = sent.begin();
  for (uint32_t uid : to) {
    const mail::ModelMessage* arrived = find_message(*arrival->after, uidvalidity, uid);
    right = right && arrived != nullptr && arrived->email_id == message++->email_id;
  }
  if (!right) fail("COPYUID names other messages: " + told);
  if (!move) return;
  for (const auto& [name, mailbox] : history_.state().mailboxes) {
    if (mailbox.id != arrival->arriving->mailbox) continue;
    for (const mail::ModelMessage& left : mailbox.messages) {
      if (from.contains(left.uid.value)) fail(fmt::format("uid {} was moved, and is still there", left.uid.value));
    }
  }
}

}  // namespace roost::simulation
