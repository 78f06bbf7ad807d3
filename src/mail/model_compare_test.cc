#include <fmt/format.h>

#include <algorithm>

#include "mail/mailbox_state.h"
#include "mail/model_test.h"

namespace roost::mail {
namespace {

std::string text(const UidSet& set) {
  Bytes out;
  write_uid_set(out, set);
  return "{" + out + "}";
}

std::string compare_row(const Mailbox& mailbox, const ModelMessage& want) {
  std::optional<Row> row = mailbox.find(want.uid);
  if (!row) return "not there";
  std::set<std::string> keywords;
  for (uint16_t index : mailbox.keywords_of(row->hot.keywords)) {
    std::string word = mailbox.keywords()[index];
    for (char& c : word) c = to_lower_ascii(c);
    keywords.insert(word);
  }
  if (row->hot.modseq != want.modseq) return fmt::format("modseq {} for {}", row->hot.modseq.value, want.modseq.value);
  if (row->hot.flags != want.flags) return "flags";
  if (keywords != want.keywords) return "keywords";
  bool cold = row->cold.uid == want.uid && row->cold.internal_date == want.internal_date &&
              row->cold.save_date == want.save_date && row->cold.size == want.size &&
              row->cold.email_id == want.email_id;
  return cold ? "" : "cold part";
}

std::string compare_counters(const Mailbox& mailbox, const ModelMailbox& want) {
  uint32_t unseen = 0, deleted = 0;
  uint64_t bytes = 0, deleted_bytes = 0;
  std::optional<Uid> first_unseen;
  for (const ModelMessage& m : want.messages) {
    bool is_unseen = !m.flags.has(SystemFlag::seen);
    bool is_deleted = m.flags.has(SystemFlag::deleted);
    unseen += is_unseen ? 1 : 0;
    if (is_unseen && !first_unseen) first_unseen = m.uid;
    deleted += is_deleted ? 1 : 0;
    bytes += m.size;
    deleted_bytes += is_deleted ? m.size : 0;
  }
  if (mailbox.id() != want.id) return "id";
  if (mailbox.uidvalidity() != want.uidvalidity) return "uidvalidity";
  if (mailbox.uidnext() != want.uidnext) return "uidnext";
  if (mailbox.recent_uid() != want.recent) return "recent";
  if (mailbox.highest_modseq() != want.highest) return "highest modseq";
  if (mailbox.noselect() != want.noselect) return "noselect";
  if (mailbox.messages() != want.messages.size()) return "messages";
  if (mailbox.unseen() != unseen) return "unseen";
  if (mailbox.first_unseen() != first_unseen) return "first unseen";
  if (mailbox.deleted() != deleted) return "deleted";
  if (mailbox.bytes() != bytes) return "bytes";
  if (mailbox.deleted_bytes() != deleted_bytes) return "deleted bytes";
  return "";
}

std::string compare_since(const Mailbox& mailbox, const ModelMailbox& want, ModSeq since) {
  auto outcome = changes_since(mailbox, since);
  if (std::holds_alternative<Need>(outcome)) return "changes_since needs pages";
  const auto& delta = std::get<MailboxDelta>(outcome);
  UidSet live;
  UidSet changed;
  for (const ModelMessage& m : want.messages) {
    live.append(m.uid);
    if (m.modseq > since) changed.append(m.uid);
  }
  std::vector<UidRange> gone;
  for (auto [uid, modseq] : want.gone) {
    if (modseq > since) gone.push_back({uid, uid});
  }
  UidSet expunged = UidSet::from_ranges(gone);
  if (since < state_of(mailbox).traces.floor()) {
    expunged = {};
    if (want.uidnext.value > 1) expunged = UidSet{{Uid(1), Uid(want.uidnext.value - 1)}}.subtract(live);
  }
  if (delta.changed != changed) return "changed " + text(delta.changed) + " for " + text(changed);
  if (delta.expunged != expunged) return "expunged " + text(delta.expunged) + " for " + text(expunged);
  return delta.highest == want.highest ? "" : "highest";
}

std::string compare_mailbox(const Mailbox& mailbox, const ModelMailbox& want, ModSeq account_modseq) {
  if (std::string what = compare_counters(mailbox, want); !what.empty()) return what;
  uint32_t index = 0;
  for (const ModelMessage& m : want.messages) {
    if (std::string what = compare_row(mailbox, m); !what.empty()) return fmt::format("uid {}: {}", m.uid.value, what);
    if (mailbox.uid_at(index) != m.uid) return fmt::format("uid at {}", index);
    if (mailbox.rank(m.uid) != index) return fmt::format("rank of {}", m.uid.value);
    ++index;
  }
  if (mailbox.uid_at(index)) return "a uid past the end";
  for (uint64_t since = 0; since <= account_modseq.value; ++since) {
    std::string what = compare_since(mailbox, want, ModSeq(since));
    if (!what.empty()) return fmt::format("since {}: {}", since, what);
  }
  return "";
}

std::string compare_metadata(const Snapshot& snapshot, MailboxId id, const ModelMetadata& want) {
  ModelMetadata found;
  for (AccountId user : {AccountId(0), AccountId(7)}) {
    snapshot.for_each_metadata(id, user, "",
                               [&](const std::string& name, const Bytes& value) { found[{user, name}] = value; });
  }
  return found == want ? "" : "annotations";
}

}  // namespace

std::string compare(const Snapshot& snapshot, const Model& model) {
  if (snapshot.mailbox_count() != model.mailboxes.size()) return "number of mailboxes";
  if (snapshot.modseq() != model.modseq) return "modseq";
  for (const auto& [name, want] : model.mailboxes) {
    auto mailbox = snapshot.find(name);
    if (!mailbox) return "no mailbox " + name;
    std::string what = compare_mailbox(*mailbox, want, model.modseq);
    if (what.empty()) what = compare_metadata(snapshot, want.id, want.metadata);
    if (!what.empty()) return name + ": " + what;
  }
  if (!compare_metadata(snapshot, MailboxId(0), model.metadata).empty()) return "annotations of the account";
  std::set<std::string> subscriptions;
  snapshot.for_each_subscription([&](const std::string& name) { return subscriptions.insert(name).second; });
  if (subscriptions != model.subscriptions) return "subscriptions";
  std::vector<std::string> findings = check_snapshot(snapshot);
  return findings.empty() ? "" : findings.front();
}

}  // namespace roost::mail
