// Applies the effects of one operation to an account in the making. Inside mail/ only.
#pragma once

#include "base/result.h"
#include "mail/account_edit.h"
#include "mail/effect.h"

namespace roost::mail {

// Everything that does not fit the state is corruption. Where rows are not in memory their pages are noted in
// AccountEdit::missing() and the edit is void.
class Folder {
 public:
  explicit Folder(AccountEdit& edit) : edit_(edit) {}

  Result<> apply(const Effect& effect);

 private:
  Result<> apply_one(const StampEffect& e);
  Result<> apply_one(const KeywordsEffect& e);
  Result<> apply_one(const AppendEffect& e);
  Result<> apply_one(const FlagsEffect& e);
  Result<> apply_one(const ExpungeEffect& e);
  Result<> apply_one(const CopyEffect& e);
  Result<> apply_one(const CreateEffect& e);
  Result<> apply_one(const DeleteEffect& e);
  Result<> apply_one(const RenameEffect& e);
  Result<> apply_one(const RenameInboxEffect& e);
  Result<> apply_one(const SubscribeEffect& e);
  Result<> apply_one(const RecentEffect& e);
  Result<> apply_one(const ReserveEffect& e);
  Result<> apply_one(const ForgetEffect& e);
  Result<> apply_one(const TraceFloorEffect& e);
  Result<> apply_one(const SeedEffect& e);
  Result<> apply_one(const MetadataEffect& e);
  Result<> apply_one(const SpecialUseEffect& e);
  Result<> apply_one(const AclEffect& e);
  Result<> apply_one(const QuotaEffect& e);
  Result<> apply_one(const SeenEffect& e);
  Result<> apply_one(const UndeleteEffect& e);
  Result<> apply_one(const JumpEffect& e);

  // fold_rows.cc
  // A mailbox that messages may come to or change in; null if there is none.
  MailboxState* open_with_messages(MailboxId id);
  Result<> take_blob(uint64_t serial);
  bool lacks_rows(const MailboxState& mailbox, const UidSet& uids, bool with_cold);
  void expunge_rows(MailboxState& mailbox, const UidSet& uids, std::vector<uint64_t>* released);
  void note_expunge(MailboxState& mailbox, const UidSet& uids);
  const MailboxState* find_departed(const UndeleteEffect& e) const;
  Result<> revive_rows(const MailboxState& from, MailboxState& to, const UndeleteEffect& e);
  Result<> copy_rows(const MailboxState& from, MailboxState& to, const CopyEffect& e);

  // fold_mailboxes.cc
  bool takes_ids(MailboxId mailbox, UidValidity uidvalidity);
  void release_all(const MailboxState& mailbox);
  void jump_mailbox(MailboxState& mailbox, Uid uidnext);
  void copy_metadata(MailboxId from, MailboxId to);

  // fold_metadata.cc
  MailboxState* open_annotated(MailboxId id);

  AccountEdit& edit_;
  StampEffect stamp_;
  bool stamped_ = false;
};

inline Fail unfit(std::string_view what) {
  return fault("record does not fit the state: " + std::string(what), Code::corruption);
}

}  // namespace roost::mail
