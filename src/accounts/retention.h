// What is kept of what was expunged and deleted, and for how long.
#pragma once

#include <memory>
#include <vector>

#include "accounts/open_account.h"
#include "base/result.h"
#include "mail/checkpoint.h"

namespace roost::accounts {

// As configured, or shorter while room is being made on the disk.
mail::RetentionTimes retention_times(const Environment& env);

// Blobs that are to be deleted now: those whose time is over, the oldest ones of what weighs too much, and uploads that
// never were committed. On the home loop.
task<Result<std::vector<BlobId>>> blobs_to_collect(std::shared_ptr<OpenAccount> account);

// Those that mailboxes with a shorter retention let go of. To be asked for before a checkpoint drops the rows.
task<Result<std::vector<BlobId>>> blobs_let_go_early(std::shared_ptr<OpenAccount> account);

}  // namespace roost::accounts
