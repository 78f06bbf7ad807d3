// Which accounts grant rights to whom: so that LIST need not ask all of them. Kept in the store's names beside the
// accounts; it may name an account that grants nothing any more, yet every one that does.
#pragma once

#include <string>
#include <vector>

#include "accounts/accounts.h"
#include "store/store.h"

namespace roost::accounts {

task<Result<>> note_grant(store::AccountStore& store, std::string identifier, Grant grant);
task<Result<>> forget_grant(store::AccountStore& store, std::string identifier, AccountId account);
// In the order of account numbers' digits.
task<Result<std::vector<Grant>>> list_grants(store::AccountStore& store, std::string identifier);
// Everybody who has rights on a mailbox of the account finds it among his grants: where the mailboxes came from
// somewhere else, or come back.
task<Result<>> note_grants(Accounts& accounts, AccountPtr account, std::string owner);
// Forgets the grant unless a mailbox of the account's newest state still has an entry of this identifier.
task<Result<>> settle_grant(store::AccountStore& store, std::string identifier, Grant grant, AccountPtr account);

}  // namespace roost::accounts
