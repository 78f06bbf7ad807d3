// An open account as one user may use it: whatever is executed has that user's rights.
#pragma once

#include "accounts/accounts.h"
#include "accounts/open_account.h"

namespace roost::accounts {

// `account` is one that a Table opened.
AccountPtr act_as(mail::Actor actor, AccountPtr account);

// The account itself, also of its past (accounts/history.h); null for one that no Table opened.
OpenAccount* opened(Account& account);

}  // namespace roost::accounts
