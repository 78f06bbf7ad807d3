// Accounts whose users were removed: their mail is kept for the retention time, and can come back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "admin/verbs.h"

namespace roost::admin {

struct RemovedAccount {
  AccountId account;
  std::string name;     // its user's login name
  int64_t removed = 0;  // seconds since 1970 UTC
};

// In the order in which they were removed.
task<Result<std::vector<RemovedAccount>>> removed_accounts(Services& services);
task<Result<std::optional<RemovedAccount>>> find_removed(Services& services, AccountId account);

// Durable on return; before the user goes from the directory.
task<Result<>> note_removed(Services& services, RemovedAccount account);
// It has come back, or is about to be deleted. Idempotent.
task<Result<>> forget_removed(Services& services, AccountId account);

// Deletes it, for good.
task<Result<>> delete_removed(Services& services, RemovedAccount account);

// Deletes those whose retention time is over, and while the disk is nearly full all others too, oldest first. Run by
// the server now and then.
task<Result<>> expire_removed_accounts(Services& services);

}  // namespace roost::admin
