// What happens to messages that go from one account to another: copies of what the source had at some moment arrive,
// and of a move the source's messages go, never before that.
#include <fmt/format.h>

#include <algorithm>

#include "history.h"

namespace roost::simulation {
namespace {

constexpr Seconds kStaleMax{150};  // a node reads the log anew every 30 s, unless it waits for an answer of the store

const mail::ModelMailbox* find_mailbox(const mail::Model& model, MailboxId id) {
  for (const auto& [name, mailbox] : model.mailboxes) {
    if (mailbox.id == id) return &mailbox;
  }
  return nullptr;
}

bool same_messages(const mail::Append& a, const mail::Append& b) {
  return std::ranges::equal(a.messages, b.messages, {}, &mail::NewMessage::email_id, &mail::NewMessage::email_id);
}

void give_arrival(Attempt& from, Attempt& to) {
  to.version = std::exchange(from.version, std::nullopt);
  to.operation = from.operation;
  to.arriving->moved = from.arriving->moved;
  to.time = from.time;
  to.before = from.before;
  to.after = from.after;
}

// Of `uids`, what the snapshot has marked as deleted, or has no more.
UidSet gone_or_going(const mail::Snapshot& snapshot, MailboxId id, const UidSet& uids) {
  UidSet out;
  auto mailbox = snapshot.find(id);
  uids.for_each([&](Uid uid) {
    auto row = mailbox ? mailbox->find(uid) : std::nullopt;
    if (!row || row->hot.flags.has(SystemFlag::deleted)) out.append(uid);
  });
  return out;
}

}  // namespace

mail::NewMessage copy_of(const mail::ModelMessage& message) {
  return {.flags = message.flags,
          .keywords = {message.keywords.begin(), message.keywords.end()},
          .internal_date = message.internal_date,
          .size = message.size,
          .body = nullptr,
          .blob = {},
          .card = std::make_shared<const Bytes>(message.card),
          .email_id = message.email_id,
          .thread_id = {}};
}

AttemptPtr History::ask_to_bring(uint64_t node, Carried carried) {
  AttemptPtr attempt = ask(node, mail::Append{carried.to, {}});
  attempt->arriving = std::move(carried);
  // Before a delivery of the same octets: that one would take any EMAILID, and this one must have its own.
  std::ranges::rotate(open_, open_.end() - 1);
  return attempt;
}

void History::ask_to_remove(uint64_t node, MailboxId mailbox, const UidSet& uids) {
  mail::Store mark{.mailbox = mailbox, .uids = uids, .how = mail::StoreHow::add, .flags = SystemFlag::deleted};
  for (mail::Operation operation : {mail::Operation(mark), mail::Operation(mail::Expunge{mailbox, uids})}) {
    AttemptPtr attempt = ask(node, std::move(operation));
    attempt->leaves = mailbox;
    attempt->leaving = uids;
  }
}

std::vector<mail::Operation> History::readings(const Attempt& attempt, const mail::Snapshot& snapshot,
                                               const std::vector<Step>& steps) const {
  if (attempt.arriving) return arrivals(*attempt.arriving);
  if (attempt.restores) return returns(snapshot, steps);
  if (!attempt.leaves) return {attempt.operation};
  auto moved = moved_.find(*attempt.leaves);
  if (moved == moved_.end()) return {};
  UidSet uids = gone_or_going(snapshot, *attempt.leaves, attempt.leaving.intersect(moved->second));
  mail::Operation operation = attempt.operation;
  if (auto* mark = std::get_if<mail::Store>(&operation)) {
    mark->uids = uids;
  } else {
    std::get<mail::Expunge>(operation).only = uids;
  }
  return {operation};
}

void History::note_moved(Carried& carried) {
  for (const accounts::TransferNote& note : moves_) {
    if (note.from != carried.from->account() || note.mailbox != carried.mailbox) continue;
    UidSet& moved = carried.from->moved_[note.mailbox];
    UidSet& may_stay = carried.from->may_stay_[note.mailbox];
    if (!moved.subtract(may_stay).intersect(note.uids).empty()) fail("what has arrived was moved away once before");
    moved = moved.unite(note.uids);
    may_stay = may_stay.subtract(note.uids);
    carried.moved = note.uids;
    arrivals_.push_back({carried.from, note});
  }
}

// A copy that was expunged and is not kept any more, while its move is still to be settled: it cannot be told from one
// that never came, so what it was made from stays.
void History::note_forgotten(const store::LogRecord& record) {
  std::vector<BlobId> forgotten = mail::forgotten_blobs(account_, record.record).value();
  for (const Arrival& arrival : arrivals_) {
    const accounts::TransferNote& note = arrival.note;
    bool gone = std::ranges::find(forgotten, BlobId{account_, note.blob}) != forgotten.end();
    if (!gone || std::ranges::find(moves_, note) == moves_.end()) continue;
    UidSet& may_stay = arrival.from->may_stay_[note.mailbox];
    may_stay = may_stay.unite(note.uids);
  }
}

void History::check_moved() {
  for (const auto& [id, uids] : moved_) {
    const auto* mailbox = find_mailbox(state(), id);
    if (mailbox == nullptr) continue;
    UidSet gone = uids.subtract(may_stay_[id]);
    for (const mail::ModelMessage& message : mailbox->messages) {
      if (gone.contains(message.uid)) fail(fmt::format("uid {} was moved away, and is still there", message.uid.value));
    }
  }
}

const accounts::TransferNote* History::bringer(const mail::Snapshot& snapshot, const std::string& mailbox,
                                               Uid first) const {
  auto stored = snapshot.find(mailbox);
  auto row = stored ? stored->find(first) : std::nullopt;
  if (!row) return nullptr;
  auto note = std::ranges::find(moves_, row->cold.blob.serial, &accounts::TransferNote::blob);
  return note == moves_.end() ? nullptr : &*note;
}

// What a MOVE brings can be told from what a COPY brings.
bool History::is_brought_so(const Attempt& attempt, const mail::Snapshot& snapshot, const mail::Model& before) const {
  const Carried& carried = *attempt.arriving;
  const accounts::TransferNote* note = bringer(snapshot, carried.to, before.mailboxes.at(carried.to).uidnext);
  if (note == nullptr || !carried.move) return (note != nullptr) == carried.move;
  return note->from == carried.from->account() && note->mailbox == carried.mailbox;
}

// Two may have asked for the same, and one of them in vain: what was explained by that one's wish was the other's.
bool History::take_over_arrival(const AttemptPtr& attempt) {
  for (const AttemptPtr& other : open_) {
    if (!other->version || !other->arriving || *other->version < attempt->asked) continue;
    if (!brings_the_same(*attempt, *other)) continue;
    give_arrival(*other, *attempt);
    return true;
  }
  return false;
}

void History::pass_on_arrival(const AttemptPtr& attempt) {
  for (const AttemptPtr& other : open_) {
    if (other->version || !other->arriving || *attempt->version < other->asked) continue;
    if (brings_the_same(*other, *attempt)) return give_arrival(*attempt, *other);
  }
}

bool History::brings_the_same(const Attempt& attempt, const Attempt& other) const {
  const Carried& carried = *attempt.arriving;
  if (carried.mailbox != other.arriving->mailbox || carried.move != other.arriving->move) return false;
  if (carried.move) return other.arriving->moved.subtract(carried.uids).empty();
  return std::ranges::any_of(arrivals(carried), [&](const mail::Operation& operation) {
    return same_messages(std::get<mail::Append>(operation), std::get<mail::Append>(other.operation));
  });
}

// A move leaves out what has gone by the time that it is noted.
std::vector<mail::Operation> History::arrivals(const Carried& carried) const {
  if (!carried.move) return arrivals(carried, carried.uids);
  for (const accounts::TransferNote& note : moves_) {
    bool part = note.uids.subtract(carried.uids).empty();
    if (note.from == carried.from->account() && note.mailbox == carried.mailbox && part) {
      return arrivals(carried, note.uids);
    }
  }
  return {};
}

// What the source had of them in any version that a node could still go by.
std::vector<mail::Operation> History::arrivals(const Carried& carried, const UidSet& uids) const {
  std::vector<mail::Operation> out;
  std::vector<mail::ModelMessage> last;
  TimePoint since = carried.from->version(carried.asked).at;
  for (size_t i = carried.from->versions_.size(); i-- > 0;) {
    const Version& version = carried.from->version(i);
    std::vector<mail::ModelMessage> there;
    if (const auto* mailbox = find_mailbox(*version.state, carried.mailbox)) {
      std::ranges::copy_if(mailbox->messages, std::back_inserter(there),
                           [&](const auto& message) { return uids.contains(message.uid); });
    }
    bool whole = !carried.move || there.size() == uids.count();
    if (whole && !there.empty() && there != last) {
      mail::Append append{carried.to, {}};
      for (const mail::ModelMessage& message : there) append.messages.push_back(copy_of(message));
      out.emplace_back(std::move(append));
      last = std::move(there);
    }
    if (version.at + kStaleMax < since) break;
  }
  return out;
}

}  // namespace roost::simulation
