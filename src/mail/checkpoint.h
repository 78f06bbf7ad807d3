// A snapshot as a root and pages, and back. Pure: accounts/ moves the bytes.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "mail/engine.h"
#include "mail/snapshot.h"

namespace roost::mail {

// The state of an account that has no checkpoint: an INBOX and nothing else. `uidvalidity_seed` (the clock at the
// account's creation) is where UIDVALIDITY starts; it survives removing and adding the user again.
SnapshotPtr empty_account(AccountId id, UidValidity uidvalidity_seed);

// The root alone: chunks, card segments and everything else stay on their pages until they are needed.
Result<SnapshotPtr> open_root(AccountId id, BytesView root);

struct CheckpointPage {
  PageId id;
  Bytes data;
};

struct Checkpoint {
  Bytes root;
  std::vector<CheckpointPage> pages;   // new or rewritten ones; unchanged pages are shared with the last checkpoint
  std::vector<PageId> dropped;         // no longer referenced: may go once nobody reads the older root
  SnapshotPtr snapshot;                // the same state, with its cards in segments and everything clean
  Position position;
};

struct RetentionTimes {
  int64_t now = 0;                      // seconds since 1970 UTC
  int64_t expunged_rows_seconds = 3600; // how long an expunged message stays readable in views that show it
};

// Packs the tail's cards into segments, rewrites dirty chunks and pages. CPU-bound: run it on a pool.
std::variant<Checkpoint, Need> make_checkpoint(const SnapshotPtr& snapshot, const RetentionTimes& times);

// How much a checkpoint would write now, in bytes, to decide when one is worth it.
size_t checkpoint_bytes(const Snapshot& snapshot);

// A card out of a segment's bytes.
Result<Bytes> card_in_segment(BytesView segment, uint32_t index);

// Blobs that nothing references any more and whose retention ended: to delete after a ForgetBlobs commit. Includes
// reserved blobs that never were committed (older than `abandoned_before`).
std::vector<BlobId> collectable_blobs(const Snapshot& snapshot, int64_t dead_before, int64_t abandoned_before);

// Recomputes every counter, body count, trace order and keyword table from the rows, and compares with what the
// snapshot says. All pages must be loaded. One sentence for each difference.
std::vector<std::string> check_snapshot(const Snapshot& snapshot);
// Every blob that the snapshot needs, for comparing with what the store has; with its size as the row says.
void for_each_blob(const Snapshot& snapshot, const std::function<void(BlobId, uint64_t size)>& fn);

}  // namespace roost::mail
