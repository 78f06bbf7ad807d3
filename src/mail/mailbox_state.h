// One mailbox of one snapshot, as it lies in memory. Inside mail/ only; everybody else sees mail::Mailbox.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/uid_set.h"
#include "mail/acl.h"
#include "mail/chunk.h"
#include "mail/keyword_table.h"
#include "mail/seen.h"
#include "mail/traces.h"

namespace roost::mail {

struct MailboxName {
  std::string name;
  std::vector<std::string> special_use;
};

// When the expunges up to `modseq` happened, at the latest.
struct ExpungeTime {
  ModSeq modseq;
  int64_t time = 0;  // seconds since 1970 UTC
};

struct MailboxState;
// What INBOX was until `time`, when it was renamed.
struct FormerInbox {
  std::shared_ptr<const MailboxState> state;  // without former ones of its own
  int64_t time = 0;                           // seconds since 1970 UTC
};
constexpr size_t kFormerInboxesMax = 8;
constexpr int64_t kFormerInboxSeconds = 3600;  // whatever the retention: a session that was told nothing needs it

struct MailboxState {
  AccountId account;
  MailboxId id;
  std::shared_ptr<const MailboxName> label;
  std::shared_ptr<const Acl> acl;  // null: default_acl()
  UidValidity uidvalidity;
  Uid uidnext{1};
  ModSeq highest_modseq{1};
  Uid recent_uid{1};
  bool noselect = false;
  bool clean = false;  // its entry on the last checkpoint's page is the same

  uint32_t messages = 0;
  uint32_t unseen = 0;
  uint32_t deleted = 0;
  uint64_t bytes = 0;
  uint64_t deleted_bytes = 0;

  std::shared_ptr<const KeywordTable> keywords;
  std::vector<ChunkPtr> chunks;  // ascending by uid
  Traces traces;
  SeenColumns seen;  // of users who have a \Seen of their own

  // Rows that were expunged with a modseq above this one can still be read, and come back (mail/departed.h).
  ModSeq forgotten_modseq;
  std::shared_ptr<const std::vector<ExpungeTime>> expunge_times;  // ascending; null: none

  // When it was deleted, in seconds since 1970 UTC: of what AccountState::deleted holds. Its rows that were not
  // expunged before are as they were then; their blobs are dead.
  int64_t deleted_time = 0;

  // INBOX after its messages were renamed away, for views that still show them. Memory only; null: none.
  std::shared_ptr<const std::vector<FormerInbox>> former;

  const std::string& name() const { return label->name; }
  const Acl& access() const { return acl ? *acl : default_acl(); }
  size_t resident_bytes() const;
  size_t dirty_bytes() const;  // what a checkpoint would write of it, roughly
  // The first chunk whose uid_max is not below `uid`.
  std::vector<ChunkPtr>::const_iterator chunk_from(Uid uid) const;
};
using MailboxPtr = std::shared_ptr<const MailboxState>;

// Calls fn(const Chunk&, uint32_t row, const HotRow&) for the rows of `uids`, expunged ones too, ascending. All chunks
// that the set touches must be in memory.
template <class Fn>
void for_each_row(const MailboxState& mailbox, const UidSet& uids, Fn&& fn);

// Likewise for the live ones.
template <class Fn>
void for_each_live_row(const MailboxState& mailbox, const UidSet& uids, Fn&& fn);

// Pages of the chunks that `uids` touches, hot and, if asked for, cold ones, that are not in memory.
void add_missing_pages(const MailboxState& mailbox, const UidSet& uids, bool with_cold, std::vector<PageId>& out);

// --- implementation ---

// Calls fn(index in the leaf) for the rows between `begin` and `end` that lie in the ranges from `range` on, which is
// moved on to the first range that reaches beyond the leaf.
template <class Range, class Fn>
void for_each_row_in_leaf(const HotRow* begin, const HotRow* end, Range& range, Range ranges_end, Fn&& fn) {
  const HotRow* row = begin;
  for (; row != end && range != ranges_end;) {
    if (range->last < row->uid) {
      ++range;
    } else if (row->uid < range->first) {
      Uid first = range->first;
      row = std::partition_point(row, end, [first](const HotRow& r) { return r.uid < first; });
    } else {
      fn(static_cast<uint32_t>(row - begin));
      ++row;
    }
  }
}

template <class Fn>
void for_each_row(const MailboxState& mailbox, const UidSet& uids, Fn&& fn) {
  auto range = uids.begin();
  for (const ChunkPtr& chunk : mailbox.chunks) {
    while (range != uids.end() && range->last < chunk->uid_min) ++range;
    if (range == uids.end()) return;
    if (chunk->uid_max < range->first) continue;
    uint32_t base = 0;
    for (const HotLeaf& leaf : *chunk->hot) {
      for_each_row_in_leaf(leaf.begin(), leaf.end(), range, uids.end(),
                           [&](uint32_t i) { fn(*chunk, base + i, (*leaf.column)[i]); });
      base += leaf.rows;
    }
  }
}

// Calls fn(uint32_t row, const HotRow&) for the chunk's live rows in the ranges from `range` on, which is moved on as
// above.
template <class Range, class Fn>
void for_each_live_row_of(const Chunk& chunk, Range& range, Range ranges_end, Fn&& fn) {
  if (chunk.live == 0 || chunk.uid_max < range->first) return;
  uint32_t base = 0;
  for (const HotLeaf& leaf : *chunk.hot) {
    for_each_row_in_leaf(leaf.begin(), leaf.end(), range, ranges_end, [&](uint32_t i) {
      const HotRow& row = (*leaf.column)[i];
      if (!row.dead) fn(base + i, row);
    });
    base += leaf.rows;
  }
}

template <class Fn>
void for_each_live_row(const MailboxState& mailbox, const UidSet& uids, Fn&& fn) {
  auto range = uids.begin();
  for (const ChunkPtr& chunk : mailbox.chunks) {
    while (range != uids.end() && range->last < chunk->uid_min) ++range;
    if (range == uids.end()) return;
    for_each_live_row_of(*chunk, range, uids.end(), [&](uint32_t i, const HotRow& row) { fn(*chunk, i, row); });
  }
}

}  // namespace roost::mail
