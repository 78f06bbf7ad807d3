// Where an account is at home.
#pragma once

#include "accounts/accounts.h"

namespace roost::accounts {

// The loop on which all is done that changes `account`: whoever is there reaches it without a hop. Null for one that is
// none of ours.
rt::Loop* home_of(Account& account);

}  // namespace roost::accounts
