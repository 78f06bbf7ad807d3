// Effects on annotations and special uses.
#include "mail/folder.h"
#include "mail/metadata.h"

namespace roost::mail {

// RFC 7162 3.2.1: the mailbox's HIGHESTMODSEQ is the operation's. Null if there is no such mailbox.
MailboxState* Folder::open_annotated(MailboxId id) {
  MailboxState* mailbox = edit_.open(id);
  if (mailbox != nullptr) mailbox->highest_modseq = stamp_.modseq;
  return mailbox;
}

Result<> Folder::apply_one(const MetadataEffect& e) {
  if (e.entries.empty() || stamp_.modseq.value == 0) return unfit("no annotation");
  if (e.mailbox.value != 0 && open_annotated(e.mailbox) == nullptr) return unfit("annotation of no mailbox");
  const MetadataPtr* before = edit_.account().metadata.find(e.mailbox);
  auto after = before != nullptr ? std::make_shared<Metadata>(**before) : std::make_shared<Metadata>();
  after->clean = false;
  for (const MetadataEffect::Entry& entry : e.entries) {
    auto value = entry.value ? std::make_shared<const Bytes>(*entry.value) : nullptr;
    if (entry.name.empty() || !after->set({entry.user, entry.name}, std::move(value))) return unfit("annotation");
    edit_.note_metadata({e.mailbox, entry.user, entry.name, stamp_.modseq});
  }
  edit_.set_metadata(e.mailbox, std::move(after));
  return {};
}

Result<> Folder::apply_one(const SpecialUseEffect& e) {
  if (stamp_.modseq.value == 0) return unfit("special use without a MODSEQ");
  MailboxState* mailbox = open_annotated(e.mailbox);
  if (mailbox == nullptr) return unfit("special use of no mailbox");
  mailbox->label = std::make_shared<const MailboxName>(MailboxName{mailbox->name(), e.special_use});
  edit_.change(e.mailbox).list_changed = true;
  edit_.note_metadata({e.mailbox, AccountId(0), std::string(kSpecialUseEntry), stamp_.modseq});
  return {};
}

}  // namespace roost::mail
