// The rules of the mailbox engine: pure functions from a snapshot. What they need but is not in memory they ask for.
#pragma once

#include <cstdint>
#include <functional>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "mail/acl.h"
#include "mail/change.h"
#include "mail/operation.h"
#include "mail/snapshot.h"

namespace roost::mail {

// Pages that must be in memory first: load them, with_pages(), and ask again.
struct Need {
  std::vector<PageId> pages;
};

// Limits of the engine; all configurable.
struct EngineLimits {
  uint32_t mailboxes_max = 100'000;
  uint32_t mailbox_name_bytes_max = 1'000;
  uint32_t mailbox_depth_max = 64;
  uint32_t keywords_per_mailbox_max = 1'000;
  uint32_t keyword_sets_per_mailbox_max = 60'000;
  uint32_t keyword_set_items_per_mailbox_max = 2'000'000;  // keywords in all distinct sets together
  uint32_t keyword_bytes_max = 255;
  uint32_t traces_per_mailbox_max = 1'000'000;
  uint32_t subscriptions_max = 200'000;
  uint32_t acl_entries_per_mailbox_max = 200;
  uint32_t acl_identifier_bytes_max = 256;
  uint32_t card_inline_bytes_max = 16 * 1024;  // a larger card is a blob of its own
  uint32_t metadata_value_bytes_max = 64 * 1024;
  uint32_t metadata_entries_max = 100;  // of each user on one mailbox, or on the server; as many again are shared
  uint64_t metadata_bytes_per_account_max = 4 << 20;
  // Messages that users with a \Seen of their own have read one by one, of all of them together: 24 octets of memory.
  uint32_t own_seen_runs_per_mailbox_max = 2'000'000;
  QuotaLimits quota;  // of accounts that have none of their own
};

struct PlanContext {
  const EngineLimits* limits;
  int64_t now;       // seconds since 1970 UTC
  Actor actor = {};  // whose rights count
};

// The effects of one planned operation: what fold applies and the record holds. Opaque outside of mail/.
struct Effects {
  Bytes encoded;  // docs/formats/record.md
};

struct Planned {
  Effects effects;  // empty where nothing is to be written: the operation is done without a commit
  OperationResult result;
  struct Body {
    BlobId id;
    std::shared_ptr<const Bytes> data;
  };
  std::vector<Body> bodies;  // small bodies to store with the commit
};

using PlanOutcome = std::variant<Planned, Need, Error>;

PlanOutcome plan(const Snapshot& snapshot, const Operation& operation, const PlanContext& context);

// A record is the effects of one or more operations, in order; each was planned on the fold of those before.
Bytes make_record(const std::vector<Effects>& effects);

struct Folded {
  SnapshotPtr snapshot;
  Change change;
};

// When it was planned, in seconds since 1970 UTC. Of several operations, the first one's.
Result<int64_t> record_time(BytesView record);

// The blobs of `account` that the collector deletes once this record is durable.
Result<std::vector<BlobId>> forgotten_blobs(AccountId account, BytesView record);

// Applies a record that was committed at `position`, or (fold_effects) one operation's effects, to plan the next one
// of the same record. A record that does not fit the snapshot is corruption.
using FoldOutcome = std::variant<Folded, Need, Error>;
FoldOutcome fold(const SnapshotPtr& snapshot, BytesView record, Position position);
FoldOutcome fold_effects(const SnapshotPtr& snapshot, const Effects& effects);

// How many rows the fold of `record` changes or copies, roughly: what its time goes by. What does not decode has none.
uint64_t rows_to_fold(const Snapshot& snapshot, BytesView record);

// The same state with these pages in memory. Error with Code::corruption for a page that does not decode.
struct LoadedPage {
  PageId id;
  Bytes data;
};
Result<SnapshotPtr> with_pages(const SnapshotPtr& snapshot, const std::vector<LoadedPage>& pages);

// What happened in a mailbox after `since`. Needs no pages but those of chunks that changed.
struct MailboxDelta {
  UidSet changed;   // live, with a MODSEQ above `since` (new ones included)
  UidSet expunged;  // gone since; where `since` is below the traces' floor, every uid below uidnext that is not there
  ModSeq highest;   // the mailbox's HIGHESTMODSEQ
};
std::variant<MailboxDelta, Need> changes_since(const Mailbox& mailbox, ModSeq since);

}  // namespace roost::mail
