#include "mail/account_edit.h"

#include <algorithm>
#include <optional>

#include "base/planted.h"

namespace roost::mail {

const MailboxState* AccountEdit::find(MailboxId id) const {
  if (auto it = open_.find(id); it != open_.end()) return it->second.get();
  const MailboxPtr* mailbox = base_.mailboxes.find(id);
  return mailbox != nullptr ? mailbox->get() : nullptr;
}

const MailboxState* AccountEdit::find(const std::string& name) const {
  const MailboxId* id = next_.names.find(name);
  return id != nullptr ? find(*id) : nullptr;
}

MailboxState* AccountEdit::open(MailboxId id) {
  if (auto it = open_.find(id); it != open_.end()) return it->second.get();
  const MailboxPtr* mailbox = base_.mailboxes.find(id);
  if (mailbox == nullptr) return nullptr;
  return open_.emplace(id, std::make_shared<MailboxState>(**mailbox)).first->second.get();
}

void AccountEdit::add(MailboxState mailbox) {
  MailboxId id = mailbox.id;
  next_.names.set(mailbox.name(), id);
  open_[id] = std::make_shared<MailboxState>(std::move(mailbox));
  change(id).list_changed = true;
}

void AccountEdit::remove(MailboxId id) {
  next_.names.erase(find(id)->name());
  set_metadata(id, nullptr);
  open_[id] = nullptr;
  MailboxChange& gone = change(id);
  gone.deleted = true;
  gone.list_changed = true;
}

void AccountEdit::keep_deleted(MailboxState mailbox) {
  mailbox.clean = false;
  mailbox.former = nullptr;
  mailbox.seen = {};
  next_.resident_bytes += mailbox.resident_bytes();
  next_.dirty_bytes += mailbox.dirty_bytes();
  MailboxId id = mailbox.id;
  next_.deleted.set(id, std::make_shared<const MailboxState>(std::move(mailbox)));
}

void AccountEdit::rename(MailboxId id, std::string name) {
  MailboxState* mailbox = open(id);
  auto label = std::make_shared<MailboxName>(*mailbox->label);
  next_.names.erase(label->name);
  label->name = std::move(name);
  next_.names.set(label->name, id);
  mailbox->label = std::move(label);
  change(id).list_changed = true;
}

void AccountEdit::reference_blobs(std::vector<uint64_t> serials) {
  std::ranges::sort(serials);
  next_.body_counts.update(serials, [](uint64_t, const uint32_t* count) {
    return std::optional<uint32_t>(count != nullptr ? *count + 1 : 2);
  });
}

void AccountEdit::revive_blobs(const std::vector<uint64_t>& serials) {
  std::vector<uint64_t> sorted = serials;
  std::ranges::sort(sorted);
  std::vector<uint64_t> dead;
  std::vector<uint64_t> more;  // references beside the first one
  for (size_t i = 0; i < sorted.size(); ++i) {
    bool first = i == 0 || sorted[i] != sorted[i - 1];
    bool was_dead = first && next_.dead_blobs.find(sorted[i]) != nullptr;
    (was_dead ? dead : more).push_back(sorted[i]);
  }
  if (planted(Bug::returned_body_left_dead)) return;
  next_.dead_blobs.update(dead, [](uint64_t, const int64_t*) { return std::optional<int64_t>(); });
  reference_blobs(std::move(more));
}

void AccountEdit::release_blobs(std::vector<uint64_t> serials, int64_t time) {
  std::ranges::sort(serials);
  std::vector<uint64_t> dead;
  next_.body_counts.update(serials, [&dead](uint64_t serial, const uint32_t* count) -> std::optional<uint32_t> {
    if (count == nullptr) dead.push_back(serial);
    if (count == nullptr || *count <= 2) return std::nullopt;
    return *count - 1;
  });
  next_.dead_blobs.update(dead, [time](uint64_t, const int64_t*) { return std::optional(time); });
}

void AccountEdit::reference_segments(std::vector<uint64_t> pages) {
  std::ranges::sort(pages);
  next_.segment_cards.update(pages, [](uint64_t, const uint32_t* cards) {
    return std::optional<uint32_t>(cards != nullptr ? *cards + 1 : 1);
  });
}

void AccountEdit::release_segments(std::vector<uint64_t> pages) {
  std::ranges::sort(pages);
  next_.segment_cards.update(pages, [](uint64_t, const uint32_t* cards) {
    return cards != nullptr && *cards > 1 ? std::optional(*cards - 1) : std::nullopt;
  });
}

bool AccountEdit::take_reserved(uint64_t serial) {
  const auto* entry = next_.reserved.floor(serial);
  if (entry == nullptr || entry->second.last < serial) return false;
  auto [first, reservation] = *entry;
  next_.reserved.erase(first);
  if (first < serial) next_.reserved.set(first, {serial - 1, reservation.time});
  if (serial < reservation.last) next_.reserved.set(serial + 1, reservation);
  return true;
}

void AccountEdit::set_metadata(MailboxId id, MetadataPtr metadata) {
  if (const MetadataPtr* before = next_.metadata.find(id)) {
    next_.metadata_bytes -= (*before)->bytes;
    if (!(*before)->clean) next_.dirty_bytes -= (*before)->bytes;
  }
  if (!metadata || metadata->entries.empty()) return next_.metadata.erase(id);
  next_.metadata_bytes += metadata->bytes;
  if (!metadata->clean) next_.dirty_bytes += metadata->bytes;
  next_.metadata.set(id, std::move(metadata));
}

void AccountEdit::note_name(NameChange::What what, std::string name, std::string old_name) {
  names_.push_back({what, std::move(name), std::move(old_name), operation_});
}

MailboxChange& AccountEdit::change(MailboxId id) {
  MailboxChange& change = changes_[id];
  change.mailbox = id;
  return change;
}

void AccountEdit::note_seen(MailboxId id, AccountId user, const UidSet& uids) {
  std::vector<SeenChange>& all = change(id).seen_changed;
  auto there = std::ranges::find(all, user, &SeenChange::user);
  if (there == all.end()) {
    all.push_back({user, uids});
  } else {
    there->uids = there->uids.unite(uids);
  }
}

void AccountEdit::count(const MailboxState& mailbox, int sign) {
  auto factor = static_cast<uint64_t>(sign);  // modulo 2^64: -1 subtracts
  if (!mailbox.noselect) next_.selectable += factor;
  next_.messages += factor * mailbox.messages;
  next_.bytes += factor * mailbox.bytes;
  next_.resident_bytes += factor * mailbox.resident_bytes();
  next_.dirty_bytes += factor * mailbox.dirty_bytes();
}

Folded AccountEdit::finish(Position position) {
  for (auto& [id, mailbox] : open_) {
    if (const MailboxPtr* old = base_.mailboxes.find(id)) count(**old, -1);
    if (mailbox) {
      mailbox->clean = false;
      count(*mailbox, 1);
      next_.mailboxes.set(id, std::move(mailbox));
    } else {
      next_.mailboxes.erase(id);
    }
  }
  Change change{base_.position, position, {}, std::move(names_), std::move(metadata_)};
  for (auto& [id, one] : changes_) {
    // What came and went within one record never was there for anybody.
    UidSet appended = one.appended.subtract(one.expunged);
    one.flags_changed = one.flags_changed.subtract(one.appended).subtract(one.expunged);
    for (SeenChange& seen : one.seen_changed) seen.uids = seen.uids.subtract(one.appended).subtract(one.expunged);
    std::erase_if(one.seen_changed, [](const SeenChange& seen) { return seen.uids.empty(); });
    one.expunged = one.expunged.subtract(one.appended);
    one.appended = std::move(appended);
    if (one.deleted) {
      one.appended = one.flags_changed = one.expunged = {};
      one.seen_changed.clear();
    }
    change.mailboxes.push_back(std::move(one));
  }
  next_.position = position;
  return {std::make_shared<const Snapshot>(std::make_shared<const AccountState>(std::move(next_))), std::move(change)};
}

}  // namespace roost::mail
