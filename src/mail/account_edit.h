// An account state in the making: what a fold changes before anybody else sees it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mail/account_state.h"
#include "mail/change.h"
#include "mail/engine.h"

namespace roost::mail {

class AccountEdit {
 public:
  explicit AccountEdit(const AccountState& base) : base_(base), next_(base) {}

  AccountState& account() { return next_; }

  // As it is by now; null if it is not there.
  const MailboxState* find(MailboxId id) const;
  const MailboxState* find(const std::string& name) const;
  // To be changed; null if it is not there.
  MailboxState* open(MailboxId id);
  // The name must be free.
  void add(MailboxState mailbox);
  void remove(MailboxId id);
  void rename(MailboxId id, std::string name);
  // What remains of a mailbox that is deleted: it can come back.
  void keep_deleted(MailboxState mailbox);

  // Every one of `serials` (any order, repeats count) has one reference more.
  void reference_blobs(std::vector<uint64_t> serials);
  // Those that are dead have one reference from now on, those that are not one more.
  void revive_blobs(const std::vector<uint64_t>& serials);
  // One less; what has none left is dead from `time` on.
  void release_blobs(std::vector<uint64_t> serials, int64_t time);
  // Rows whose card is in these segments came or went.
  void reference_segments(std::vector<uint64_t> pages);
  void release_segments(std::vector<uint64_t> pages);
  // False if it is not reserved.
  bool take_reserved(uint64_t serial);

  // Null or empty: it has none any more.
  void set_metadata(MailboxId id, MetadataPtr metadata);

  std::vector<PageId>& missing() { return missing_; }
  // What happened to a mailbox, gathered effect by effect.
  MailboxChange& change(MailboxId id);
  void note_seen(MailboxId id, AccountId user, const UidSet& uids);
  // Of the operation that was begun last.
  void note_name(NameChange::What what, std::string name, std::string old_name = {});
  void note_metadata(MetadataChange change) { metadata_.push_back(std::move(change)); }
  void begin_operation() { ++operation_; }

  Folded finish(Position position);

 private:
  void count(const MailboxState& mailbox, int sign);

  const AccountState& base_;
  AccountState next_;
  std::map<MailboxId, std::shared_ptr<MailboxState>> open_;  // null: removed
  std::map<MailboxId, MailboxChange> changes_;
  std::vector<NameChange> names_;
  std::vector<MetadataChange> metadata_;
  uint32_t operation_ = 0;
  std::vector<PageId> missing_;
};

}  // namespace roost::mail
