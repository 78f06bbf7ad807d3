// An account as it was at a time, for its owner to look at: whatever uses an Account can read it, and nobody can change
// it. docs/decisions/0012-history-tree.md
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "accounts/accounts.h"

namespace roost::accounts {

class OpenAccount;

// The times, in seconds since 1970 UTC, at which something that is still kept may have been there: since the account
// began, and no longer ago than what was expunged is kept.
struct HistoryTimes {
  int64_t first;
  int64_t last;
};
HistoryTimes history_times(Account& account);

// `account` at `time`, for `user`, whose own it is. With the rows of `mailbox` alone, in memory for as long as the
// result is held; without one, all mailboxes, and of each what its counters say. It stays as it is, except that it is
// retired() once something that it shows is not kept any more. Its id() is one of its own, another one for each day:
// its mailboxes are not those of `account`. Code::unavailable and faults, as from the store.
task<Result<AccountPtr>> open_history(AccountPtr account, std::string user, int64_t time,
                                      std::optional<std::string> mailbox);

// The account whose past it is; null for one that is no history.
OpenAccount* present_of(Account& account);

// Messages that are copied from `from` into `to`: where that is the past of `to`, they get bodies of their own, as the
// old ones may go at any time. Nothing else is done to them.
task<Result<>> give_own_bodies(Account& from, Account& to, std::vector<mail::NewMessage>& messages);

}  // namespace roost::accounts
