// SEARCH over a mailbox: drives search::Scan with the account's cards and bodies, off the loops.
#pragma once

#include <atomic>
#include <memory>

#include "accounts/accounts.h"
#include "base/result.h"
#include "base/uid_set.h"
#include "search/query.h"

namespace roost::accounts {

// Set by whoever no longer wants the answer (a client that went away). Thread-safe.
class CancelFlag {
 public:
  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_{false};
};

// The matching uids among the live messages of `mailbox` in `snapshot` (all of whose rows must be in memory:
// Account::load). `cancel` may be null. Error::closed once cancelled, no(Code::limit) for a query that costs too much,
// no(Code::nonexistent) where the mailbox is not in the snapshot. Slices of at most 2 ms run on the pool, with at most
// `AccountsConfig::searches_per_account_max` searches of one account at work at a time; the others wait their turn.
task<Result<UidSet>> search(AccountPtr account, mail::SnapshotPtr snapshot, MailboxId mailbox, search::Query query,
                            std::shared_ptr<CancelFlag> cancel);

}  // namespace roost::accounts
