// Making and removing accounts so that a crash at any moment leaves nothing behind: what has begun is noted in the
// store until it is finished, and whoever starts next settles what was left.
#pragma once

#include <string>
#include <vector>

#include "admin/verbs.h"

namespace roost::admin {

// Notes durably that `account`, of the login name `name`, is being made or removed. Until the guard goes,
// settle_accounts() of this process leaves it alone.
class AccountChange {
 public:
  static task<Result<AccountChange>> begin(Services& services, AccountId account, std::string name);
  AccountChange(AccountChange&& other) noexcept;
  AccountChange& operator=(AccountChange&&) = delete;
  ~AccountChange();

  // What is so by now is as it should be.
  task<Result<>> keep();
  // Ends every session of the account, deletes all of it, and then the note. The login name must be gone.
  task<Result<>> remove();
  // Ends every session of the account, and keeps what it has (removed_accounts.h). The login name must be gone.
  task<Result<>> put_aside();

 private:
  AccountChange(Services& services, AccountId account) : services_(&services), account_(account) {}

  Services* services_;  // null: moved from
  AccountId account_;
};

// For every change that was interrupted: an account that its user can log in to is kept, one that was removed is put
// aside, any other is deleted. Gives the login names of those that nobody can log in to any more. At the start of the
// server, and before users are added or removed.
task<Result<std::vector<std::string>>> settle_accounts(Services& services);

}  // namespace roost::admin
