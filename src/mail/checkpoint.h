// A snapshot as a root and pages, and back. Pure: accounts/ moves the bytes.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "mail/engine.h"
#include "mail/snapshot.h"

namespace roost::mail {

// The state of an account that has no checkpoint: an INBOX and nothing else. `uidvalidity_seed` (the clock at the
// account's creation) is where UIDVALIDITY starts; it survives removing and adding the user again.
SnapshotPtr empty_account(AccountId id, UidValidity uidvalidity_seed);

// What logs begin with: Initialise, their first operation, brings the true seed, the same for every node that reads it.
inline constexpr UidValidity kUnseeded{1};
bool is_unseeded(const Snapshot& snapshot);

// Pages that opening a root takes: mailboxes' entries, subscriptions, body counts, the dead list. To be read with it.
Result<std::vector<PageId>> root_pages(BytesView root);

// `pages` are those that root_pages() named. Chunks, traces and card segments stay on theirs until they are needed.
Result<SnapshotPtr> open_root(AccountId id, BytesView root, const std::vector<LoadedPage>& pages);

struct CheckpointPage {
  PageId id;
  Bytes data;
};

struct Checkpoint {
  Bytes root;
  std::vector<CheckpointPage> pages;  // new or rewritten ones; unchanged pages are shared with the last checkpoint
  std::vector<PageId> dropped;        // no longer referenced: may go once nobody reads the older root
  SnapshotPtr snapshot;               // the same state, with its cards in segments and everything clean
  Position position;
  std::vector<std::string> unread;  // deleted mailboxes that went without having been read, as a page was unreadable
};

// How long expunged messages and deleted mailboxes can come back, and expunged messages are readable in views that show
// them.
struct RetentionTimes {
  int64_t now = 0;                       // seconds since 1970 UTC
  int64_t expunged_rows_seconds = 3600;  // of mailboxes that have none of the uses below
  struct OfUse {
    std::string special_use;  // as "Trash"
    int64_t seconds = 0;
  };
  std::vector<OfUse> of_uses = {};
  bool purge = false;  // nothing comes back any more: every expunged row goes now
};

// Packs the tail's cards into segments, rewrites dirty chunks and pages. CPU-bound: run it on a pool. Chunks with
// `unreadable` pages stay as they are, but for a purge, or go with the deleted mailbox that they belong to.
std::variant<Checkpoint, Need> make_checkpoint(const SnapshotPtr& snapshot, const RetentionTimes& times,
                                               const std::set<PageId>& unreadable = {});

// What the last checkpoint consists of.
struct CheckpointPages {
  std::vector<PageId> pages;  // ascending, card segments included
  PageId next;                // later checkpoints give their pages ids from here on
};
CheckpointPages checkpoint_pages(const Snapshot& snapshot);

// How much a checkpoint would write now, in bytes, to decide when one is worth it.
size_t checkpoint_bytes(const Snapshot& snapshot);

// A card out of a segment's bytes: unpacks about 32 KiB.
Result<Bytes> card_in_segment(BytesView segment, uint32_t index);
// All of them, in the order of their indexes.
Result<std::vector<Bytes>> cards_in_segment(BytesView segment);

// Blobs that nothing references any more and whose retention ended: to delete after a ForgetBlobs commit. Includes
// reserved blobs that never were committed (older than `abandoned_before`).
std::vector<BlobId> collectable_blobs(const Snapshot& snapshot, int64_t dead_before, int64_t abandoned_before);

// Of those, and of those that mailboxes with a shorter retention let go of last: what its retention is over for
// already.
std::variant<std::vector<BlobId>, Need> expired_blobs(const Snapshot& snapshot, const RetentionTimes& times);

// Set aside for an upload, and neither used nor forgotten since.
bool is_set_aside(const Snapshot& snapshot, BlobId blob);

// When they died, of all blobs that nothing references any more.
void for_each_dead_blob(const Snapshot& snapshot, const std::function<void(BlobId, int64_t time)>& fn);

// Expunges at or below it are not remembered one by one: what is loaded from here on is all that there is.
ModSeq traces_floor(const Mailbox& mailbox);

// Recomputes every counter, body count, trace order and keyword table from the rows, and compares with what the
// snapshot says. All pages must be loaded. One sentence for each difference.
std::vector<std::string> check_snapshot(const Snapshot& snapshot);
// Every blob that a message needs, once for each reference (cards in blobs of their own too), with its size as the row
// says, for comparing with what the store has. All pages must be loaded.
void for_each_blob(const Snapshot& snapshot, const std::function<void(BlobId, uint64_t size)>& fn);
// Blobs that the store may have though no live message needs them: dead ones in their retention time, and reserved
// serials that were not used yet.
void for_each_unneeded_blob(const Snapshot& snapshot, const std::function<void(BlobId)>& fn);

}  // namespace roost::mail
