// Reads of an account's log, root and pages. They block: the pool's threads make them.
#pragma once

#include <vector>

#include "store/rocksdb/engine.h"
#include "store/store.h"

namespace roost::store {

Result<Opened> read_account(Engine& engine, AccountId account);
// From `position` on; Opened::reopen where that is no longer in the tail.
Result<Opened> read_since(Engine& engine, AccountId account, Position position);
Result<std::vector<LogRecord>> read_history(Engine& engine, AccountId account, Position after, size_t bytes_max);
Result<std::vector<Bytes>> read_pages(Engine& engine, AccountId account, const std::vector<PageId>& pages);
Result<std::vector<PageId>> read_page_ids(Engine& engine, AccountId account);
// Those that have a log or a root, ascending.
Result<std::vector<AccountId>> read_accounts(Engine& engine);

}  // namespace roost::store
