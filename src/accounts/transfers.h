// MOVE out of one account into another. What has begun is noted in the store until it is finished, so that a crash at
// any moment leaves every message in one of the two accounts, and whoever starts next settles what was left.
// docs/decisions/0009-moves-between-accounts.md
#pragma once

#include <string>
#include <vector>

#include "accounts/accounts.h"
#include "store/store.h"

namespace roost::accounts {

struct Transfer {
  AccountPtr from;  // as the user may use it; so too below
  MailboxId mailbox;
  UidSet uids;  // of messages that were there lately, one at least
  AccountPtr to;
  std::string target;                      // the mailbox's name there
  std::vector<mail::NewMessage> messages;  // what becomes of them, in the order of the uids
  bool all_or_none = false;                // NO [EXPUNGEISSUED] if one is not there any more; else it is left out
};

// All of the messages that are there or none, each by one move only, however many clients ask for it at the same time:
// the moves out of an account wait for each other. Needs the rights of a COPY into the target and, in the source, "t"
// and "e" (RFC 6851 4.2). An error of kind `no` says that nothing has happened. `source` is empty where nothing was
// there.
task<Result<mail::Copied>> move_messages(Accounts& accounts, Transfer transfer);

// Finishes what has arrived of every move, and forgets the rest; gives how many there were. Moves that are under way
// on other nodes are finished or refused.
task<Result<size_t>> settle_moves(Accounts& accounts, store::AccountStore& store);

}  // namespace roost::accounts
