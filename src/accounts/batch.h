// Several operations of one account as one record: each planned on the fold of those before it. Pure.
#pragma once

#include <variant>
#include <vector>

#include "accounts/pending.h"
#include "base/bytes.h"
#include "mail/engine.h"
#include "mail/snapshot.h"
#include "store/store.h"

namespace roost::accounts {

// What a planned batch would write and answer. Void once the snapshot it was planned on is not the newest any more.
struct Draft {
  std::vector<OperationAnswer> answers;  // one for each operation, in order
  Bytes record;                          // empty where nothing is to be written
  std::vector<store::NewBlob> blobs;
  bool grows = false;  // one of the operations brings mail
};

// What is refused first where the disk has no room. Flags, expunges, moves and mailboxes go on.
bool brings_mail(const mail::Operation& operation);

// Need: everything that any of the operations lacks, as far as can be seen at once.
using BatchOutcome = std::variant<Draft, mail::Need>;

BatchOutcome plan_batch(const mail::SnapshotPtr& snapshot, const std::vector<PendingPtr>& operations,
                        const mail::PlanContext& context);

// Whether planning it may take longer than a step of a loop should.
bool is_heavy(const mail::Snapshot& snapshot, const std::vector<PendingPtr>& operations);

}  // namespace roost::accounts
