// Who is told of what changes in any account, open in a session or not: what follows accounts from inside the process.
#pragma once

#include <vector>

#include "accounts/accounts.h"
#include "base/ids.h"
#include "mail/change.h"
#include "mail/snapshot.h"

namespace roost::accounts {

class Observer {
 public:
  virtual ~Observer() = default;
  // On the account's home loop, after the changes are durable; `snapshot` shows them. Not told of what was written
  // while the account was not open here. Must be quick, and must only wake somebody.
  virtual void changed(AccountId account, const mail::Snapshot& snapshot, const std::vector<mail::Change>& changes) = 0;
};

// Before the first account is opened; `observer` must outlive the accounts' work. One at most.
void observe(Accounts& accounts, Observer& observer);

}  // namespace roost::accounts
