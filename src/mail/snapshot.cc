// Reading an account's snapshot.
#include "mail/snapshot.h"

#include "mail/account_state.h"

namespace roost::mail {

Position Snapshot::position() const { return state_->position; }
ModSeq Snapshot::modseq() const { return state_->modseq; }
SnapshotPtr read_by(AccountId reader, const SnapshotPtr& snapshot) {
  if (snapshot->reader() == reader) return snapshot;
  return std::make_shared<const Snapshot>(snapshot->state_, reader);
}

size_t Snapshot::mailbox_count() const { return state_->mailboxes.size(); }
uint64_t Snapshot::messages() const { return state_->messages; }
uint64_t Snapshot::bytes() const { return state_->bytes; }

std::optional<Mailbox> Snapshot::find(MailboxId id) const {
  const MailboxPtr* mailbox = state_->mailboxes.find(id);
  if (mailbox == nullptr) return std::nullopt;
  return Mailbox(mailbox->get(), reader_);
}

std::optional<Mailbox> Snapshot::find(std::string_view name) const {
  const MailboxId* id = state_->names.find(name);
  if (id == nullptr) return std::nullopt;
  return find(*id);
}

void Snapshot::for_each_mailbox(const std::function<bool(const Mailbox&)>& fn, std::string_view prefix) const {
  state_->names.for_each_from(
      prefix, [&](const std::string& name, MailboxId id) { return name.starts_with(prefix) && fn(*find(id)); });
}

bool Snapshot::has_children(std::string_view name) const {
  std::string prefix = std::string(name) + "/";
  const auto* entry = state_->names.lower_bound(prefix);
  return entry != nullptr && entry->first.starts_with(prefix);
}

bool Snapshot::subscribed(std::string_view name) const { return state_->subscriptions.contains(name); }

void Snapshot::for_each_subscription(const std::function<bool(const std::string&)>& fn) const {
  state_->subscriptions.for_each([&](const std::string& name, bool) { return fn(name); });
}

const Bytes* Snapshot::metadata(MailboxId mailbox, AccountId user, std::string_view name) const {
  const MetadataPtr* found = state_->metadata.find(mailbox);
  if (found == nullptr) return nullptr;
  auto entry = (*found)->entries.find({user, std::string(name)});
  return entry != (*found)->entries.end() ? entry->second.get() : nullptr;
}

void Snapshot::for_each_metadata(MailboxId mailbox, AccountId user, std::string_view below,
                                 const std::function<void(const std::string&, const Bytes&)>& fn) const {
  const MetadataPtr* found = state_->metadata.find(mailbox);
  if (found == nullptr) return;
  const auto& entries = (*found)->entries;
  auto entry = entries.lower_bound({user, std::string(below)});
  for (; entry != entries.end() && entry->first.user == user && entry->first.name.starts_with(below); ++entry) {
    const std::string& name = entry->first.name;
    if (below.empty() || name.size() == below.size() || name[below.size()] == '/') fn(name, *entry->second);
  }
}

const QuotaLimits& Snapshot::quota(const QuotaLimits& configured) const {
  return state_->quota ? *state_->quota : configured;
}

bool Snapshot::has_own_quota() const { return state_->quota.has_value(); }

QuotaUsage Snapshot::usage() const {
  return {.bytes = state_->bytes,
          .messages = state_->messages,
          .mailboxes = state_->selectable,
          .annotation_bytes = state_->metadata_bytes};
}

uint64_t Snapshot::metadata_bytes() const { return state_->metadata_bytes; }

size_t Snapshot::memory_bytes() const {
  constexpr size_t kNodeBytes = 96;  // of a persistent map, with what it is allocated with
  size_t nodes = state_->mailboxes.size() + state_->names.size() + state_->subscriptions.size();
  return sizeof(AccountState) + state_->resident_bytes + state_->metadata_bytes + nodes * kNodeBytes +
         (state_->body_counts.size() + state_->dead_blobs.size() + state_->segment_cards.size()) * 16;
}

}  // namespace roost::mail
