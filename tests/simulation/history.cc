#include "history.h"

#include <fmt/format.h>

#include <algorithm>

#include "run_now.h"

namespace roost::simulation {
namespace {

constexpr Seconds kUnansweredMax{60};  // longer than a node doubts a commit
constexpr Seconds kStaleMax{150};  // a node reads the log anew every 30 s, unless it waits for an answer of the store
constexpr size_t kOperationsPerRecordMax = 8;

using mail::Model;

bool lacks_some(const Model& model, const mail::Copy& copy) {
  for (const auto& [name, mailbox] : model.mailboxes) {
    if (mailbox.id != copy.from) continue;
    uint64_t there = std::ranges::count_if(mailbox.messages, [&](const auto& m) { return copy.uids.contains(m.uid); });
    return there < copy.uids.count();
  }
  return true;
}

Code apply(Model& model, const mail::Operation& operation, int64_t time) {
  const auto* copy = std::get_if<mail::Copy>(&operation);
  if (copy != nullptr && copy->all_or_none && lacks_some(model, *copy)) return Code::expunge_issued;
  return std::visit([&](const auto& op) { return model.apply(op, time); }, operation);
}

bool same(const Model& a, const Model& b) {
  return a.modseq == b.modseq && a.mailboxes == b.mailboxes && a.subscriptions == b.subscriptions;
}

struct Words {
  std::string operator()(const mail::Append& op) const { return fmt::format("append of {}", op.messages.size()); }
  std::string operator()(const mail::Replace& op) const { return fmt::format("replace of {}", op.uid.value); }
  std::string operator()(const mail::Store& op) const { return fmt::format("store of {}", op.uids.count()); }
  std::string operator()(const mail::Expunge&) const { return "expunge"; }
  std::string operator()(const mail::Copy& op) const {
    return fmt::format("{} of {}", op.move ? "move" : "copy", op.uids.count());
  }
  std::string operator()(const mail::CreateMailbox& op) const { return "create of " + op.name; }
  std::string operator()(const mail::DeleteMailbox& op) const { return "delete of " + op.name; }
  std::string operator()(const mail::RenameMailbox& op) const { return "rename of " + op.from + " to " + op.to; }
  std::string operator()(const mail::Subscribe& op) const { return "subscription of " + op.name; }
  template <class Other>
  std::string operator()(const Other&) const {
    return "operation";
  }
};

std::string describe(const Attempt& attempt) { return std::visit(Words(), attempt.operation); }

}  // namespace

History::History(AccountId account, store::MemoryDisk& disk, const Clock& clock, Trace& trace, Contents& contents,
                 Judge& judge)
    : account_(account),
      disk_(disk),
      store_(disk.attach()),
      clock_(clock),
      trace_(trace),
      contents_(contents),
      judge_(judge),
      snapshot_(mail::empty_account(account, mail::kUnseeded)) {}

void History::fail(const std::string& why) {
  judge_.fail(fmt::format("account {}, record {}: {}", account_.value, snapshot_->position().value, why));
}

// --- the log ---

// The first record says where UIDVALIDITY begins.
void History::begin() {
  auto opened = run_now(store_->since(account_, Position()));
  if (!opened || opened->tail.empty()) return judge_.fail("the account has no first record");
  auto folded = mail::fold(snapshot_, opened->tail.front().record, opened->tail.front().position);
  snapshot_ = std::get<mail::Folded>(folded).snapshot;
  auto first = std::make_shared<Model>(snapshot_->find("INBOX")->uidvalidity().value);
  if (auto wrong = difference(*snapshot_, *first); !wrong.empty()) fail("at the start: " + wrong);
  accept(first, {});
  look();
}

void History::look() {
  drop_expired();
  if (disk_.writes() == writes_seen_ || judge_.failed()) return;
  writes_seen_ = disk_.writes();
  auto opened = run_now(store_->since(account_, snapshot_->position()));
  if (!opened) return fail("the log cannot be read: " + opened.error().text);
  if (opened->reopen) return fail("the log ends before this record, or was cut off behind it");
  for (const store::LogRecord& record : opened->tail) {
    if (!judge_.failed()) take(record);
  }
  if (judge_.failed() || opened->generation == generation_) return;
  if (opened->generation < generation_) return fail("an older checkpoint is back");
  generation_ = opened->generation;
  trace_.line("checkpoint", fmt::format("{} of account {}", generation_.value, account_.value));
  auto reopened = reopen();
  if (!reopened) return;
  Model model = state();
  if (auto wrong = difference(*reopened, model); !wrong.empty()) fail("its checkpoint says otherwise: " + wrong);
}

void History::take(const store::LogRecord& record) {
  auto outcome = mail::fold(snapshot_, record.record, record.position);
  auto* folded = std::get_if<mail::Folded>(&outcome);
  auto time = mail::record_time(record.record);
  if (folded == nullptr || !time) return fail("the next record does not fold");
  std::vector<Step> steps;
  ModelPtr before = versions_.back().state;
  moves_ = run_now(accounts::noted_transfers(*store_)).value();
  std::erase_if(moves_, [this](const accounts::TransferNote& note) { return note.to != account_; });
  note_forgotten(record);
  auto unexplained = std::make_shared<Model>(*before);
  std::string wrong = difference(*folded->snapshot, *unexplained);
  snapshot_ = folded->snapshot;
  if (wrong.empty()) {  // nothing that anybody can see
    accept(unexplained, {});
  } else if (explain(folded->snapshot, *time, before, steps)) {
    accept(steps.back().after, steps);
  } else {
    fail("nobody asked for what it did: " + wrong);
  }
  std::string who;
  for (const Step& step : steps) who += (who.empty() ? "" : ", ") + describe(*step.attempt);
  trace_.line("record", fmt::format("{} of account {}, {} octets: {}", record.position.value, account_.value,
                                    record.record.size(), who));
}

// In which order what was asked for leads from one to the other: one record may hold several operations.
bool History::explain(const mail::SnapshotPtr& snapshot, int64_t time, const ModelPtr& from, std::vector<Step>& steps) {
  if (steps.size() == kOperationsPerRecordMax) return false;
  for (const AttemptPtr& attempt : open_) {
    bool used = attempt->version || std::ranges::find(steps, attempt, &Step::attempt) != steps.end();
    if (used) continue;
    for (mail::Operation& operation : readings(*attempt, *snapshot, steps)) {
      attempt->operation = std::move(operation);
      if (explain_by(attempt, snapshot, time, from, steps)) return true;
    }
  }
  return false;
}

bool History::explain_by(const AttemptPtr& attempt, const mail::SnapshotPtr& snapshot, int64_t time,
                         const ModelPtr& from, std::vector<Step>& steps) {
  auto next = std::make_shared<Model>(*from);
  if (apply(*next, attempt->operation, time) != Code::none || next->modseq > snapshot->modseq()) return false;
  if (same(*next, *from)) return false;
  if (attempt->arriving && !is_brought_so(*attempt, *snapshot, *from)) return false;
  bool fits = difference(*snapshot, *next).empty() && same_traces(*snapshot, *next, versions_.back().state->modseq);
  steps.push_back({attempt, from, next});
  attempt->time = time;
  if (fits || explain(snapshot, time, next, steps)) return true;
  steps.pop_back();
  return false;
}

void History::accept(const ModelPtr& state, const std::vector<Step>& steps) {
  for (const auto& [name, mailbox] : state->mailboxes) {
    mailboxes_[mailbox.uidvalidity] = mailbox.id;
    for (const mail::ModelMessage& message : mailbox.messages) email_ids_.insert(message.email_id);
  }
  for (const Step& step : steps) {
    const auto* rename = std::get_if<mail::RenameMailbox>(&step.attempt->operation);
    if (rename != nullptr && rename->from == "INBOX") {
      departed_.clear();  // what had left INBOX has gone with the rest
    } else {
      note_departures(step, clock_.now(), departed_);
    }
  }
  versions_.push_back({clock_.now(), state});
  for (size_t i = 1; i < steps.size(); ++i) steps[i - 1].attempt->next = steps[i].attempt;
  for (const Step& step : steps) {
    if (step.attempt->leaves) continue;  // it may come to more of it
    if (step.attempt->restores) check_bodies(*step.before);
    if (step.attempt->arriving && step.attempt->arriving->move) note_moved(*step.attempt->arriving);
    step.attempt->version = newest();
    step.attempt->before = step.before;
    step.attempt->after = step.after;
  }
}

// --- what was asked for ---

AttemptPtr History::ask(uint64_t node, mail::Operation operation) {
  auto attempt = std::make_shared<Attempt>();
  attempt->operation = std::move(operation);
  attempt->node = node;
  attempt->asked = newest();
  open_.push_back(attempt);
  return attempt;
}

void History::forget(const AttemptPtr& attempt) { std::erase(open_, attempt); }

void History::acknowledge(const AttemptPtr& attempt) {
  // Where another one's may have been this one's, that one may still come.
  if (!attempt->version && !take_over(attempt) && (attempt->arriving || !changes_nothing(*attempt))) {
    fail(fmt::format("OK was said to the {}, and it is not there", describe(*attempt)));
  }
  forget(attempt);
}

void History::refuse(const AttemptPtr& attempt, Code code) {
  if (attempt->version && !pass_on(attempt)) {
    fail(fmt::format("NO was said to the {}, and it is done", describe(*attempt)));
  }
  if (code != Code::none && !could_be_refused(*attempt)) {
    fail(fmt::format("NO was said to the {}, for no reason", describe(*attempt)));
  }
  forget(attempt);
}

void History::settle(const AttemptPtr& attempt) {
  if (attempt->arriving && attempt->version) pass_on_arrival(attempt);
  forget(attempt);
}

void History::lose(const AttemptPtr& attempt) {
  if (attempt->version) return settle(attempt);
  if (!attempt->expires) attempt->expires = clock_.now() + kUnansweredMax;
}

void History::node_died(uint64_t node, Seconds late) {
  for (const AttemptPtr& attempt : open_) {
    if (attempt->leaves) continue;  // another node goes on with it
    // Who waits for an answer will hear that none comes; nothing more is done by then.
    if (attempt->node == node && !attempt->version) attempt->expires = clock_.now() + late;
  }
  drop_expired();
}

void History::drop_expired() {
  std::erase_if(open_, [&](const AttemptPtr& a) { return a->expires && *a->expires <= clock_.now(); });
}

bool History::changes_nothing(const Attempt& attempt) const {
  return held_lately(attempt, [&](const Model& before) {
    Model model = before;
    return apply(model, attempt.operation, 0) == Code::none && same(model, before);
  });
}

bool History::could_be_refused(const Attempt& attempt) const {
  return held_lately(attempt, [&](Model model) { return apply(model, attempt.operation, 0) != Code::none; });
}

// What is not written is decided by what the node knows, which may be older than the question.
template <class Holds>
bool History::held_lately(const Attempt& attempt, Holds holds) const {
  TimePoint since = versions_[attempt.asked].at;
  for (size_t i = versions_.size(); i-- > 0;) {
    if (holds(*versions_[i].state)) return true;
    if (versions_[i].at + kStaleMax < since) return false;
  }
  return false;
}

// Two clients may have asked for the same: which of them the record was is then for their answers to say.
bool History::take_over(const AttemptPtr& attempt) {
  if (attempt->arriving) return take_over_arrival(attempt);
  for (const AttemptPtr& other : open_) {
    if (!other->version || *other->version < attempt->asked) continue;
    Model model = *other->before;
    if (apply(model, attempt->operation, other->time) != Code::none || !same(model, *other->after)) continue;
    attempt->version = std::exchange(other->version, std::nullopt);
    attempt->time = other->time;
    attempt->before = other->before;
    attempt->after = other->after;
    return true;
  }
  return false;
}

bool History::pass_on(const AttemptPtr& attempt) {
  // Who makes a mailbox makes those above it, too.
  if (const AttemptPtr& next = attempt->next) {
    Model model = *attempt->before;
    if (apply(model, next->operation, attempt->time) == Code::none && same(model, *next->after)) return true;
  }
  for (const AttemptPtr& other : open_) {
    if (other->version || other->leaves || other->restores) continue;
    Model model = *attempt->before;
    if (apply(model, other->operation, attempt->time) != Code::none || !same(model, *attempt->after)) continue;
    other->version = std::exchange(attempt->version, std::nullopt);
    other->time = attempt->time;
    other->before = attempt->before;
    other->after = attempt->after;
    return true;
  }
  return false;
}

// --- looking things up ---

std::optional<MailboxId> History::mailbox_of(UidValidity uidvalidity) const {
  auto found = mailboxes_.find(uidvalidity);
  return found == mailboxes_.end() ? std::nullopt : std::optional(found->second);
}

const mail::ModelMailbox* History::mailbox(size_t version, UidValidity uidvalidity) const {
  for (const auto& [name, mailbox] : versions_[version].state->mailboxes) {
    if (mailbox.uidvalidity == uidvalidity && !mailbox.noselect) return &mailbox;
  }
  return nullptr;
}

const Content& History::content(const mail::ModelMessage& message) const {
  return contents_[std::stoull(message.card)];
}

}  // namespace roost::simulation
