// SORT and THREAD over a mailbox: drives a search::Ordering with the account's rows and cards, off the loops.
#pragma once

#include <memory>

#include "accounts/accounts.h"
#include "accounts/search.h"
#include "base/result.h"
#include "base/uid_set.h"
#include "search/ordering.h"

namespace roost::accounts {

// The live ones of `uids` in `mailbox` of `snapshot` (whose rows must be in memory: Account::load), all taken in by
// `ordering` and put in order. `ordering` must outlive it; `errand` may be null. Error::closed once cancelled,
// no(Code::nonexistent) where the mailbox is not in the snapshot, and whatever Ordering::add() gives. Slices of at most
// 2 ms run on the pool; it takes one of the account's turns to search.
task<Result<>> order(AccountPtr account, mail::SnapshotPtr snapshot, MailboxId mailbox, UidSet uids,
                     search::Ordering& ordering, std::shared_ptr<Errand> errand);

}  // namespace roost::accounts
