// Where a mailbox name leads: into the user's own account, into another user's ("Other Users/fred/work"), into the
// account that holds the public mailboxes ("Shared/news") (RFC 2342 3), or into the own one as it was at the end of a
// day (imapd/history_tree.h). What a user may not know of is not told from what is not there (RFC 4314 6).
#pragma once

#include <string_view>

#include "accounts/accounts.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/rights.h"
#include "imapd/config.h"
#include "mail/snapshot.h"
#include "rt/task.h"

namespace roost::imapd {

class Session;

inline constexpr std::string_view kOtherUsers = "Other Users/";
inline constexpr std::string_view kShared = "Shared/";

struct Place {
  accounts::AccountPtr account;  // as the session's user may use it
  Bytes prefix;                  // what stands before its own names: "", "Other Users/fred/", "Shared/"
  Bytes name;                    // of the mailbox within the account; need not exist
  Bytes owner;                   // login name of the account's user

  bool own() const { return prefix.empty(); }
};

// Whether it leads out of the user's own account as it is, if anywhere.
bool lies_elsewhere(const Session& session, BytesView name);

// RFC 9051 5.1: INBOX is spelled in any case, also below what stands before another account's names.
Bytes with_inbox(BytesView name);

// no(nonexistent) where the name can lead nowhere: the same as for a mailbox that is not there.
task<Result<Place>> find_place(Session& session, Bytes name);

// The same for a name that is to be there: no(no_perm) where it can lead nowhere, as for a place where this user may
// not create mailboxes.
task<Result<Place>> place_to_create(Session& session, Bytes name);

// What a client is told of a mailbox that it cannot see, whatever the reason.
Fail no_such_mailbox(Code code = Code::nonexistent);
// What he is told of a place where he may not create mailboxes, in the planner's words.
Fail no_creation();

// The mailbox of this name or id on which the account's user has all of `needed`: else no(no_perm), or where he may not
// even see it no_such_mailbox(absent). \Noselect names count only where `names_too`.
Result<mail::Mailbox> mailbox_with(const accounts::Account& account, const mail::Snapshot& snapshot, BytesView name,
                                   Rights needed, Code absent = Code::nonexistent, bool names_too = false);

// MYRIGHTS is answered to who has one of them (RFC 4314 4).
inline constexpr Rights kRightsThatTell =
    Right::lookup | Right::read | Right::insert | Right::create_mailboxes | Right::delete_mailbox | Right::administer;

// Whether two places are of one account.
inline bool same_account(const Place& a, const Place& b) { return a.account->id() == b.account->id(); }

}  // namespace roost::imapd
