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
  UidSet uids;  // live messages of it, one at least
  AccountPtr to;
  std::string target;                      // the mailbox's name there
  std::vector<mail::NewMessage> messages;  // what becomes of them, in the order of the uids
};

// All of the messages or none: an error of kind `no` says that nothing has happened. Needs the rights of a COPY into
// the target and, in the source, "t" and "e" (RFC 6851 4.2).
task<Result<mail::Copied>> move_messages(Transfer transfer);

// Finishes what has arrived of every move, and forgets the rest; gives how many notes there were. Does no
// harm to a move that is under way: that one loses its note, or finds its messages gone already.
task<Result<size_t>> settle_moves(Accounts& accounts, store::AccountStore& store);

}  // namespace roost::accounts
