// \Seen of users who have one of their own in a mailbox of somebody else, in place of the one that lies with the
// messages. Inside mail/, and for what Snapshot inlines; others read it through Mailbox. docs/formats/seen.md.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/uid_set.h"
#include "mail/persistent_map.h"
#include "mail/row.h"

namespace roost::mail {

// Messages whose \Seen one user has set or removed in one operation.
struct SeenRun {
  UidRange uids;
  ModSeq modseq;
  bool seen = false;
  friend bool operator==(const SeenRun&, const SeenRun&) = default;
};

constexpr uint32_t kSeenBlockUids = 4'096;

// What one user did to the messages whose uids have the same quotient by kSeenBlockUids, which is the block's number.
struct SeenBlock {
  std::vector<SeenRun> runs;  // ascending, disjoint, at least one; every message in them is there
  uint32_t seen = 0;          // messages
  ModSeq modseq_max;
  bool clean = false;  // as on the last checkpoint's page

  static std::shared_ptr<const SeenBlock> of(std::vector<SeenRun> runs, bool clean);
};
using SeenBlockPtr = std::shared_ptr<const SeenBlock>;

// One user's. What he never touched is unseen and has no MODSEQ here. A value; its versions share what is the same.
class SeenColumn {
 public:
  uint32_t seen() const { return seen_; }
  ModSeq modseq_max() const { return modseq_max_; }
  const PersistentMap<uint32_t, SeenBlockPtr>& blocks() const { return blocks_; }

  UidSet seen_among(const UidSet& uids) const;
  UidSet changed_since(ModSeq since) const;

 private:
  friend class SeenColumns;
  PersistentMap<uint32_t, SeenBlockPtr> blocks_;
  uint32_t seen_ = 0;
  ModSeq modseq_max_;  // of all that was ever set, while the account is open
};

// Those of one mailbox, by user.
class SeenColumns {
 public:
  // Null: nobody of that name did anything.
  const SeenColumn* find(AccountId user) const { return columns_.find(user); }
  bool empty() const { return columns_.empty(); }
  size_t runs() const { return runs_; }
  size_t dirty_runs() const { return dirty_runs_; }
  // Calls fn(AccountId, const SeenColumn&) in order.
  template <class Fn>
  void for_each(Fn&& fn) const {
    columns_.for_each([&fn](AccountId user, const SeenColumn& column) {
      fn(user, column);
      return true;
    });
  }

  // All of `uids` are messages that are there.
  void set(AccountId user, const UidSet& uids, bool seen, ModSeq modseq);
  // They have been expunged.
  void forget(const UidSet& uids);
  // In the place of what is there.
  void put(AccountId user, uint32_t index, SeenBlockPtr block);
  // The same, as a checkpoint has written them, or as none has.
  SeenColumns with_clean(bool clean) const;

 private:
  void replace(SeenColumn& column, uint32_t index, SeenBlockPtr block);

  PersistentMap<AccountId, SeenColumn> columns_;
  size_t runs_ = 0;
  size_t dirty_runs_ = 0;
};

// Shows messages as one user sees them. Fastest in ascending order. The column must outlive it; null: as they are.
class SeenCursor {
 public:
  explicit SeenCursor(const SeenColumn* column) : column_(column) {}

  // A message's MODSEQ is the higher one of all users' and his.
  void show(Uid uid, Hot& hot) {
    if (column_ != nullptr) overlay(uid, hot);
  }

 private:
  void overlay(Uid uid, Hot& hot);
  const SeenRun* find(Uid uid);

  const SeenColumn* column_;
  const SeenBlock* block_ = nullptr;  // that of index_, if there is one
  uint32_t index_ = UINT32_MAX;
  size_t run_ = 0;
};

// Where a block stands among those of an account.
struct SeenKey {
  MailboxId mailbox;
  AccountId user;
  uint32_t index = 0;
  friend auto operator<=>(const SeenKey&, const SeenKey&) = default;
};

void write_seen_block(Encoder& out, const SeenKey& key, const SeenBlock& block);
struct SeenEntry {
  SeenKey key;
  SeenBlockPtr block;
};
// Code::corruption unless it is consistent in itself.
Result<SeenEntry> read_seen_block(Decoder& in);

}  // namespace roost::mail
