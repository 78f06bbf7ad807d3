// Effects on the tree of mailboxes.
#include <algorithm>

#include "mail/folder.h"
#include "mail/mailbox_path.h"
#include "mail/row_edit.h"

namespace roost::mail {
namespace {

const UidSet kAllUids{{Uid(1), Uid(UINT32_MAX)}};

// A name below another needs that one.
bool has_superiors(const AccountEdit& edit, const std::string& name) {
  return std::ranges::all_of(superiors_of(name), [&edit](const std::string& s) { return edit.find(s) != nullptr; });
}

MailboxState empty_mailbox(AccountId account, MailboxId id, UidValidity uidvalidity, MailboxName label) {
  MailboxState mailbox;
  mailbox.account = account;
  mailbox.id = id;
  mailbox.uidvalidity = uidvalidity;
  mailbox.label = std::make_shared<const MailboxName>(std::move(label));
  mailbox.keywords = KeywordTable::empty();
  return mailbox;
}

}  // namespace

// Ids come from the account's counters, in order.
bool Folder::takes_ids(MailboxId mailbox, UidValidity uidvalidity) {
  AccountState& account = edit_.account();
  if (mailbox != account.next_mailbox || uidvalidity.value != account.next_uidvalidity) return false;
  if (mailbox.value == UINT64_MAX || uidvalidity.value == UINT32_MAX) return false;
  account.next_mailbox = mailbox.next();
  account.next_uidvalidity = uidvalidity.value + 1;
  return true;
}

Result<> Folder::apply_one(const CreateEffect& e) {
  if (e.name.empty() || !has_superiors(edit_, e.name) || !takes_ids(e.mailbox, e.uidvalidity)) return unfit("create");
  if (const MailboxState* there = edit_.find(e.name)) {
    if (!there->noselect) return unfit("create of a name that is there");
    edit_.remove(there->id);
  }
  edit_.add(empty_mailbox(edit_.account().id, e.mailbox, e.uidvalidity, {e.name, e.special_use}));
  edit_.note_name(NameChange::What::created, e.name);
  return {};
}

// Their bodies are dead from now on; the rows, and with them the cards, stay as long as the mailbox can come back.
void Folder::release_all(const MailboxState& mailbox) {
  std::vector<uint64_t> blobs;
  for (const ChunkPtr& chunk : mailbox.chunks) {
    for (uint32_t i = 0; i < chunk->rows; ++i) {
      if (chunk->hot_row(i).dead) continue;
      const ColdRow& cold = chunk->cold_row(i);
      blobs.push_back(cold.blob);
      if (cold.card == ColdRow::Card::blob) blobs.push_back(cold.card_home);
    }
  }
  edit_.release_blobs(std::move(blobs), stamp_.time);
}

Result<> Folder::apply_one(const DeleteEffect& e) {
  MailboxState* mailbox = edit_.open(e.mailbox);
  if (mailbox == nullptr || mailbox->name() == kInbox) return unfit("delete of no mailbox");
  std::string below = mailbox->name() + kSeparator;
  const auto* next = edit_.account().names.lower_bound(below);
  bool has_children = next != nullptr && next->first.starts_with(below);
  if (has_children && !e.keep_name) return unfit("delete of a name with children");
  if (lacks_rows(*mailbox, kAllUids, true)) return {};
  release_all(*mailbox);
  if (!mailbox->noselect) {
    MailboxState kept = *mailbox;
    kept.deleted_time = std::max<int64_t>(stamp_.time, 1);
    edit_.keep_deleted(std::move(kept));
  }
  edit_.note_name(NameChange::What::deleted, mailbox->name());
  if (!e.keep_name) {
    edit_.remove(e.mailbox);
    return {};
  }
  edit_.set_metadata(e.mailbox, nullptr);
  *mailbox = empty_mailbox(mailbox->account, mailbox->id, mailbox->uidvalidity, {mailbox->name(), {}});
  mailbox->noselect = true;
  edit_.change(e.mailbox).deleted = true;
  edit_.change(e.mailbox).list_changed = true;
  return {};
}

Result<> Folder::apply_one(const AclEffect& e) {
  MailboxState* mailbox = edit_.open(e.mailbox);
  if (mailbox == nullptr) return unfit("ACL of no mailbox");
  mailbox->acl = e.acl == default_acl() ? nullptr : std::make_shared<const Acl>(e.acl);
  edit_.change(e.mailbox).acl_changed = true;
  return {};
}

Result<> Folder::apply_one(const RenameEffect& e) {
  const auto& names = edit_.account().names;
  std::string below = e.from + kSeparator;
  std::vector<std::pair<MailboxId, std::string>> renamed;
  if (const MailboxId* id = names.find(e.from)) renamed.emplace_back(*id, e.to);
  names.for_each_from(below, [&](const std::string& name, MailboxId id) {
    if (!name.starts_with(below)) return false;
    renamed.emplace_back(id, e.to + name.substr(e.from.size()));
    return true;
  });
  if (renamed.empty() || renamed.front().second != e.to || e.from == kInbox || e.to.empty() ||
      e.to.starts_with(below) || !has_superiors(edit_, e.to)) {
    return unfit("rename");
  }
  for (const auto& [id, name] : renamed) {
    if (names.contains(name)) return unfit("rename to a name that is there");
  }
  for (auto& [id, name] : renamed) edit_.rename(id, std::move(name));
  edit_.note_name(NameChange::What::renamed, e.to, e.from);
  return {};
}

// RFC 5464 4.1: INBOX keeps its annotations, and the mailbox that takes its messages gets the same.
void Folder::copy_metadata(MailboxId from, MailboxId to) {
  const MetadataPtr* there = edit_.account().metadata.find(from);
  if (there == nullptr) return;
  auto copy = std::make_shared<Metadata>(**there);
  copy->clean = false;
  edit_.set_metadata(to, std::move(copy));
}

Result<> Folder::apply_one(const RenameInboxEffect& e) {
  MailboxState* inbox = open_with_messages(e.inbox);
  if (inbox == nullptr || inbox->name() != kInbox || stamp_.modseq.value == 0) return unfit("rename of no INBOX");
  if (e.name.empty() || edit_.find(e.name) != nullptr || !has_superiors(edit_, e.name) ||
      !takes_ids(e.mailbox, e.uidvalidity)) {
    return unfit("rename of INBOX");
  }
  auto before = std::make_shared<MailboxState>(*inbox);
  before->former = nullptr;
  MailboxState target = *inbox;
  target.id = e.mailbox;
  target.uidvalidity = e.uidvalidity;
  target.label = std::make_shared<const MailboxName>(MailboxName{e.name, {}});
  target.traces = {};  // what was expunged before comes back, if it does, to where the other messages are
  target.former = nullptr;
  target.seen = inbox->seen.with_clean(false);
  edit_.add(std::move(target));
  edit_.note_name(NameChange::What::renamed, e.name, std::string(kInbox));
  copy_metadata(e.inbox, e.mailbox);

  inbox->chunks.clear();
  inbox->seen = {};
  inbox->messages = inbox->unseen = inbox->deleted = 0;
  inbox->bytes = inbox->deleted_bytes = 0;
  if (inbox->uidnext.value == 1) return {};
  UidSet all{{Uid(1), Uid(inbox->uidnext.value - 1)}};
  edit_.change(e.mailbox).appended = all;
  note_expunge(*inbox, all);
  auto former = inbox->former ? *inbox->former : std::vector<FormerInbox>();
  if (former.size() == kFormerInboxesMax) former.erase(former.begin());
  former.push_back({std::move(before), stamp_.time});
  inbox->former = std::make_shared<const std::vector<FormerInbox>>(std::move(former));
  return {};
}

}  // namespace roost::mail
