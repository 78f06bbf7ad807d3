// What was expunged from INBOX and comes back.
#include <fmt/format.h>

#include <algorithm>

#include "history.h"
#include "run_now.h"

namespace roost::simulation {
namespace {

constexpr Seconds kKeptMin{7};  // every node keeps what was expunged for longer (node.cc)

bool is_live(const mail::Model& model, const ObjectId& id) {
  return std::ranges::any_of(model.mailboxes, [&](const auto& entry) {
    return std::ranges::find(entry.second.messages, id, &mail::ModelMessage::email_id) != entry.second.messages.end();
  });
}

// Of copies that have left any may be it; and of those that came and left by one record nobody knows the EMAILID.
template <class Departures>
mail::ModelMessage one_like(const Departures& departures, const mail::Mailbox& mailbox, const mail::Cold& cold,
                            const mail::Hot& hot) {
  mail::ModelMessage found = departures.back().message;
  for (const auto& one : departures) {
    SystemFlags flags = one.message.flags & ~SystemFlags(SystemFlag::deleted);
    bool sized = one.message.email_id != ObjectId() || one.message.size == cold.size;
    if (sized && flags == hot.flags && one.message.keywords == stored_keywords(mailbox, hot)) found = one.message;
  }
  found.flags &= ~SystemFlags(SystemFlag::deleted);
  return found;
}

}  // namespace

AttemptPtr History::ask_to_restore(uint64_t node) {
  AttemptPtr attempt = ask(node, mail::Append{"INBOX", {}});
  attempt->restores = true;
  return attempt;
}

void History::note_departures(const Step& step, TimePoint at, Departures& departed) {
  const auto& stay = step.after->mailboxes.at("INBOX").messages;
  for (const mail::ModelMessage& message : step.before->mailboxes.at("INBOX").messages) {
    bool stays = std::ranges::any_of(stay, [&](const auto& one) { return one.uid == message.uid; });
    if (!stays) departed[message.email_id].push_back({message, at});
  }
}

// Of what has left INBOX, also by an operation of the same record, that which is there again.
std::vector<mail::Operation> History::returns(const mail::Snapshot& snapshot, const std::vector<Step>& steps) const {
  Departures departed = departed_;
  for (const Step& step : steps) note_departures(step, clock_.now(), departed);
  const mail::Model& before = steps.empty() ? state() : *steps.back().after;
  mail::Append append{"INBOX", {}};
  auto inbox = snapshot.find("INBOX");
  auto look = [&](const mail::Cold& cold, const mail::Hot& hot) {
    auto left = departed.find(cold.email_id);
    if (left == departed.end()) left = departed.find(ObjectId());
    if (left != departed.end()) append.messages.push_back(copy_of(one_like(left->second, *inbox, cold, hot)));
    return true;
  };
  inbox->for_each(before.mailboxes.at("INBOX").uidnext, Uid(UINT32_MAX), look);
  return append.messages.empty() ? std::vector<mail::Operation>() : std::vector<mail::Operation>{std::move(append)};
}

void History::restored(const AttemptPtr& attempt, uint64_t messages, bool all) {
  if (!attempt->version && messages > 0) take_over_return(attempt);
  forget(attempt);
  uint64_t back = attempt->version ? std::get<mail::Append>(attempt->operation).messages.size() : 0;
  if (messages != back) return fail(fmt::format("{} messages were said to be back, and {} are", messages, back));
  if (!all) return;
  TimePoint asked = versions_[attempt->asked].at;
  for (const auto& [id, departures] : departed_) {
    if (id == ObjectId()) continue;
    TimePoint left = departures.back().at;
    if (left >= asked || left + kKeptMin < clock_.now()) continue;
    bool there = false;
    for (size_t i = attempt->asked; i < versions_.size(); ++i) there = there || is_live(*versions_[i].state, id);
    if (!there)
      fail(fmt::format("message {} was expunged just now, and does not come back", departures.back().message.card));
  }
}

// One that was asked for before, in vain, has explained what this one did: another undelete, or a copy from elsewhere
// of the message that had left.
void History::take_over_return(const AttemptPtr& attempt) {
  for (const AttemptPtr& other : open_) {
    bool brings = other->restores || other->arriving;
    if (!brings || !other->version || *other->version < attempt->asked) continue;
    attempt->version = std::exchange(other->version, std::nullopt);
    attempt->operation = other->operation;
    return;
  }
}

// Of what has come back and is still there.
void History::check_bodies(const mail::Model& before) {
  auto inbox = snapshot_->find("INBOX");
  inbox->for_each(before.mailboxes.at("INBOX").uidnext, Uid(UINT32_MAX), [&](const mail::Cold& cold, const mail::Hot&) {
    auto left = departed_.find(cold.email_id);
    if (left == departed_.end()) return true;
    auto body = run_now(store_->get_blob(cold.blob, {0, UINT64_MAX}));
    const Content& sent = content(left->second.back().message);
    if (!body) fail("what came back has no body: " + body.error().text);
    if (body && !body->ends_with(sent.octets)) fail("what came back has other octets");
    return true;
  });
}

}  // namespace roost::simulation
