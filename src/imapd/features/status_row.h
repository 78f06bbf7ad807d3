// The numbers that STATUS and LIST … RETURN (STATUS …) give.
#pragma once

#include "imap/list_response.h"
#include "imap/status.h"
#include "imapd/session.h"

namespace roost::imapd {

// All of them but RECENT, which takes the mailbox's rows.
imap::StatusRow counters_of(const Session& session, const mail::Mailbox& mailbox);

// no(nonexistent) where the mailbox is not there or cannot be selected.
task<Result<imap::StatusRow>> status_row(Session& session, const Bytes& name, imap::StatusItems items);

}  // namespace roost::imapd
