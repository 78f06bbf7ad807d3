// roost check --repair, of one account: what is lost of it is named and left out, everything that can be counted or
// made again is.
#pragma once

#include <string>
#include <vector>

#include "admin/verbs.h"

namespace roost::admin {

struct AccountRepairReport {
  bool changed = false;
  std::vector<std::string> said;  // one sentence each, without a full stop
  // Bodies of messages whose rows are lost, or of some that were expunged where it cannot be told.
  std::vector<store::BlobInfo> homeless;
};

// Straight from the store into a checkpoint: the account must not be open, here or elsewhere. `went_back`: the end of
// its log may be lost.
task<Result<AccountRepairReport>> repair_account(Services& services, AccountId id, bool went_back);

// Appends them to the mailbox Recovered, and deletes them where they lay once they are there.
task<Result<>> recover_bodies(Services& services, AccountId id, AccountRepairReport& report);

// Drops the search index where it is damaged, or what it was made from was: whoever opens the account makes it anew.
task<Result<>> repair_search_index(Services& services, AccountId id, AccountRepairReport& report);

}  // namespace roost::admin
