// The numbers that STATUS and LIST … RETURN (STATUS …) give.
#pragma once

#include "imap/list_response.h"
#include "imap/status.h"
#include "imapd/session.h"

namespace roost::imapd {

// All of them but RECENT, which takes the mailbox's rows.
imap::StatusRow counters_of(const Session& session, AccountId account, const mail::Mailbox& mailbox);

// Of a mailbox of that account. no(nonexistent) where it is not there, cannot be selected or may not be seen;
// no(no_perm) where it may not be read.
task<Result<imap::StatusRow>> status_row(Session& session, accounts::AccountPtr account, Bytes name,
                                         imap::StatusItems items);

}  // namespace roost::imapd
