// An account some of whose pages or records are lost, as far as what is left tells. For `roost check --repair`. Pure.
//
// In this order: root_without_lost() and open_root(); with_what_is_left(); fold() the tail; repaired(); then a
// checkpoint of that. Until repaired() rows that are lost stand as placeholders, so that records that name them fold.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "mail/checkpoint.h"
#include "mail/engine.h"
#include "mail/snapshot.h"

namespace roost::mail {

struct RootLeft {
  Bytes root;
  std::vector<LoadedPage> pages;  // those of `pages` that it names, and new ones in the place of some that are lost
};
// The root without those pages that are not among `pages`. One sentence in `said` for each.
Result<RootLeft> root_without_lost(BytesView root, const std::vector<LoadedPage>& pages,
                                   std::vector<std::string>& said);

// Pages of rows and traces, also of deleted mailboxes, that a snapshot names and has not in memory.
std::vector<PageId> pages_of_rows(const Snapshot& snapshot);

// With `pages` in memory, and placeholders for the rows of those that are not among them.
Result<SnapshotPtr> with_what_is_left(const SnapshotPtr& snapshot, const std::vector<LoadedPage>& pages,
                                      std::vector<std::string>& said);

struct RepairPlan {
  Position position;       // of the log's end, whatever was folded
  int64_t now = 0;         // seconds since 1970 UTC
  bool went_back = false;  // the end of the log may be lost: every counter jumps (mail/jump.h)
  uint64_t blob_max = 0;   // the highest serials and page ids that the store has
  uint64_t page_max = 0;
  std::map<std::pair<MailboxId, Uid>, std::shared_ptr<const Bytes>> cards;  // made anew
  std::set<std::pair<MailboxId, Uid>> cards_lost;                           // of messages whose body is damaged too
  std::vector<uint64_t> dead;   // serials of bodies that nothing knows of: for the collector, after the retention time
  std::set<uint64_t> bodiless;  // serials that count as dead, and of which the store has nothing
};

// Blobs of messages that have left and may be kept, dead or not.
void for_each_departed_blob(const Snapshot& snapshot, const std::function<void(BlobId)>& fn);

struct Repair {
  SnapshotPtr snapshot;
  bool lost_messages = false;
};
// Without the placeholders, whose UIDs count as expunged; every counter and reference counted from the rows. All pages
// must be in memory. One sentence in `said` for each mailbox that lost messages, with their UIDs.
Repair repaired(const Snapshot& snapshot, const RepairPlan& plan, std::vector<std::string>& said);

// The MODSEQ of a row whose flags are lost: repaired() gives it the repair's.
constexpr ModSeq kFlagsLost{0};

}  // namespace roost::mail
