// The search index of accounts: made from the log by whoever has the account open, shortly after the mail has come. It
// only says which messages a search need not look at: those that it does not know are looked at, so the answer is the
// same with it and without it, however far it is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "accounts/accounts.h"
#include "accounts/search.h"

namespace roost::accounts {

// Before the first account is opened. Without it, indexes that are there are not used.
void keep_search_index(Accounts& accounts);

struct IndexStatus {
  bool exists = false;
  bool usable = false;    // made by this version, and not damaged
  bool complete = false;  // false while it is being made anew
  uint64_t bodies = 0;    // that it knows; copies of a message share one
  uint64_t bytes = 0;     // that it takes
  uint64_t blocks = 0;
  uint64_t records_behind = 0;  // of the account's log
};

// Resume in the caller's loop. `account` is one that Accounts opened.
task<Result<IndexStatus>> index_status(AccountPtr account);
// From nothing. `errand` may be null; it is told how many messages of how many are done.
task<Result<>> rebuild_index(AccountPtr account, std::shared_ptr<Errand> errand);
// It is made anew when the next message comes, or the account is opened again, if indexes are kept.
task<Result<>> drop_index(AccountPtr account);
// Deletes bodies that no message has, together with what the index says of them.
task<Result<>> delete_bodies(AccountPtr account, std::vector<BlobId> bodies);
// Reads all of it. One sentence for each thing that is wrong; it does no harm to searches, and rebuild_index() mends
// it.
task<Result<std::vector<std::string>>> check_index(AccountPtr account);

}  // namespace roost::accounts
