// What keeps an account small: checkpoints, and the removal of what nobody needs any more. On the account's home loop,
// one at a time for each account.
#pragma once

#include <memory>
#include <vector>

#include "accounts/open_account.h"
#include "base/result.h"

namespace roost::accounts {

// Whether the tail is long enough that a checkpoint pays.
bool is_checkpoint_due(const AccountsConfig& config, const Replica& replica);

// Writes a checkpoint of what the account is now, unless there is one of just that. Rows whose retention is over are
// not in it; what they were the last to need is deleted first.
task<Result<>> write_checkpoint(std::shared_ptr<OpenAccount> account);

// Pages of an account that no checkpoint names any more, and since when that is known.
struct Orphans {
  int64_t seen = 0;  // seconds since 1970 UTC
  std::vector<PageId> pages;
};

// Deletes what its retention time is over for: pages of earlier checkpoints (`orphans`, which it brings up to date),
// history, bodies that nobody refers to, and uploads that never were committed.
task<Result<>> collect(std::shared_ptr<OpenAccount> account, Orphans& orphans);

// Deletes what collect() would delete once all retention times are over, now, with the history that tells of it.
task<Result<>> purge(std::shared_ptr<OpenAccount> account, Orphans& orphans);

}  // namespace roost::accounts
