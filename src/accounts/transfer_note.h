// What is noted in the store of a move between accounts while it is under way, so that whoever finds the note can
// settle the move. docs/decisions/0009-moves-between-accounts.md
#pragma once

#include "accounts/accounts.h"
#include "accounts/open_account.h"
#include "base/uid_set.h"
#include "store/store.h"

namespace roost::accounts {

using OpenAccountPtr = std::shared_ptr<OpenAccount>;

struct TransferNote {
  AccountId from;
  MailboxId mailbox;
  UidSet uids;
  AccountId to;
  MailboxId target;
  // The body of the first copy, which was set aside for this move alone. While nothing uses it the copies have not
  // arrived, and once it is forgotten they never will. 0: not known.
  uint64_t blob = 0;

  bool operator==(const TransferNote&) const = default;
};

// Notes it, as the only move out of the account. Waits while another one is noted there, and settles that one if it
// does not come to an end.
task<Result<>> note_transfer(Accounts& accounts, store::AccountStore& store, const TransferNote& note);

// It is over. Does nothing where it was settled meanwhile.
task<Result<>> forget_transfer(store::AccountStore& store, const TransferNote& note);

// Once this is done the move has happened as a whole or never will: where the copies have arrived, the messages go.
// Any node may do so at any time; a move that is under way is refused then, or finds its work done.
task<Result<>> settle_transfer(Accounts& accounts, store::AccountStore& store, TransferNote note);

// Of all accounts, those that are not over.
task<Result<std::vector<TransferNote>>> noted_transfers(store::AccountStore& store);

// Of `uids`, what is there. `account`: as the snapshot has it.
task<Result<UidSet>> live_among(OpenAccountPtr account, MailboxId mailbox, UidSet uids);

// They go, whatever their flags are by now. What is gone already is left out.
task<Result<>> remove_for_good(OpenAccountPtr account, MailboxId mailbox, UidSet uids);

}  // namespace roost::accounts
