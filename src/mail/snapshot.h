// An account at one position of its log: immutable, structurally shared with its neighbours, readable from any thread.
// Pin one only while a command runs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/uid_set.h"
#include "mail/acl.h"
#include "mail/quota.h"
#include "mail/row.h"

namespace roost::mail {

class Snapshot;
using SnapshotPtr = std::shared_ptr<const Snapshot>;

struct MailboxState;  // mail/mailbox_state.h, inside mail/ only
class SeenColumn;     // mail/seen.h, likewise
struct AccountState;  // mail/account_state.h, inside mail/ only

// Rows of a mailbox that are to be in memory.
struct Rows {
  UidSet uids;
  bool with_cold = true;  // else only what changes about them: enough for numbers, flags and MODSEQs
};
extern const Rows kAllRows;
extern const Rows kAllFlags;

// One mailbox of a snapshot: a cheap handle that must not outlive it. Reading rows (find, uid_at, rank, for_each_…)
// takes for granted that missing_pages() is empty for what is read: Account::load sees to it. In a snapshot that is
// read by somebody with a \Seen of his own (read_by), that one is shown and counted, and counts for the MODSEQs.
class Mailbox {
 public:
  MailboxId id() const;
  const std::string& name() const;  // UTF-8, "/" between levels
  UidValidity uidvalidity() const;
  Uid uidnext() const;
  ModSeq highest_modseq() const;  // of its own messages and expunges; at least 1
  Uid recent_uid() const;         // messages from here on have not been told to any session as \Recent
  bool noselect() const;          // deleted while it had children
  const std::vector<std::string>& special_use() const;
  const Acl& acl() const;

  uint32_t messages() const;
  uint32_t unseen() const;
  uint32_t deleted() const;
  uint64_t bytes() const;
  uint64_t deleted_bytes() const;

  // Keywords that the mailbox knows, in the order of their first use.
  const std::vector<std::string>& keywords() const;
  // Those of one message, as indexes into keywords().
  const std::vector<uint16_t>& keywords_of(KeywordSet set) const;
  std::optional<uint16_t> find_keyword(std::string_view keyword) const;  // without regard to ASCII case

  std::vector<PageId> missing_pages(const Rows& rows = kAllRows) const;
  // Those without which first_unseen(), its rank() and live() of the messages from `recent` on cannot be told: that is
  // what SELECT says beside the counters.
  Rows rows_to_open(Uid recent) const;

  std::optional<Row> find(Uid uid) const;
  std::optional<Hot> find_hot(Uid uid) const;
  // A message that was expunged no longer than an hour ago and is still in a view.
  std::optional<Row> find_expunged(Uid uid) const;
  // INBOX as it was when its messages were renamed away, the first time after `since`; nothing for other mailboxes, and
  // once that is no longer in memory. Its own pages may be missing.
  std::optional<Mailbox> before_rename(ModSeq since) const;
  // The nth live message, from 0; nothing past the end.
  std::optional<Uid> uid_at(uint32_t index) const;
  // How many live messages have a uid below `uid`.
  uint32_t rank(Uid uid) const;
  bool contains(Uid uid) const { return find_hot(uid).has_value(); }
  UidSet uids() const;
  // The live ones of `uids`.
  UidSet live(const UidSet& uids) const;
  // First message without \Seen.
  std::optional<Uid> first_unseen() const;

  // Calls fn(Uid, const Hot&) in ascending order for the live messages from `first` to `last`; fn returns false to
  // stop. Inlined: this is what FETCH 1:* (UID FLAGS) runs on.
  template <class Fn>
  void for_each_hot(Uid first, Uid last, Fn&& fn) const;
  // Calls fn(const Cold&, const Hot&) likewise.
  template <class Fn>
  void for_each(Uid first, Uid last, Fn&& fn) const;

 private:
  friend class Snapshot;
  friend const MailboxState& state_of(const Mailbox& mailbox);
  friend const SeenColumn* seen_of(const Mailbox& mailbox);
  Mailbox(const MailboxState* state, AccountId reader);
  const MailboxState* state_;
  AccountId reader_;        // 0: with the messages' own \Seen
  const SeenColumn* seen_;  // the reader's; null without one
};

class Snapshot {
 public:
  Position position() const;
  ModSeq modseq() const;  // the account's counter: the last one given

  std::optional<Mailbox> find(std::string_view name) const;
  std::optional<Mailbox> find(MailboxId id) const;
  size_t mailbox_count() const;
  // In the order of names' octets, those that begin with `prefix`; fn(const Mailbox&) returns false to stop.
  void for_each_mailbox(const std::function<bool(const Mailbox&)>& fn, std::string_view prefix = {}) const;
  bool has_children(std::string_view name) const;
  bool subscribed(std::string_view name) const;
  void for_each_subscription(const std::function<bool(const std::string&)>& fn) const;

  // RFC 5464: an entry's value, of a mailbox or (0) of the account itself; null: none. `user` is whose private entry it
  // is, 0 for shared ones; names are in lower case.
  const Bytes* metadata(MailboxId mailbox, AccountId user, std::string_view name) const;
  // In the order of names, those that are `below` or begin with it and a "/"; all where it is empty.
  void for_each_metadata(MailboxId mailbox, AccountId user, std::string_view below,
                         const std::function<void(const std::string& name, const Bytes& value)>& fn) const;
  uint64_t metadata_bytes() const;  // all of them, with something for each

  // RFC 9208: the account's own limits, or `configured` where it has none; and what they count.
  const QuotaLimits& quota(const QuotaLimits& configured) const;
  bool has_own_quota() const;
  QuotaUsage usage() const;

  uint64_t messages() const;  // of all mailboxes
  uint64_t bytes() const;

  // Bytes of memory this snapshot holds on to, more or less, counting what it shares as its own.
  size_t memory_bytes() const;

  // `reader`: Actor::own_seen.
  explicit Snapshot(std::shared_ptr<const AccountState> state, AccountId reader = {})
      : state_(std::move(state)), reader_(reader) {}
  const AccountState& state() const { return *state_; }
  AccountId reader() const { return reader_; }

  // The same state, read by somebody else; 0: by somebody without a \Seen of his own.
  friend SnapshotPtr read_by(AccountId reader, const SnapshotPtr& snapshot);

 private:
  std::shared_ptr<const AccountState> state_;
  AccountId reader_;
};

}  // namespace roost::mail

#include "mail/snapshot_inline.h"
