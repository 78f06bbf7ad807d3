// What SELECT (QRESYNC …) tells (RFC 7162 3.2.5).
#pragma once

#include "base/result.h"
#include "base/uid_set.h"
#include "imap/select.h"
#include "imapd/session.h"
#include "imapd/view.h"
#include "rt/task.h"

namespace roost::imapd {

// After SELECT has opened its mailbox: what changed in it since the client knew it. Nothing where the UIDVALIDITY is
// another (RFC 7162 3.2.5).
task<Result<>> resynchronise(Session& session, imap::QresyncParameter known);

// The highest of the uids that the client has right, by its own numbering of messages: up to there it knows of all
// expunges (RFC 7162 3.2.5.2). 0 where it has none. Costs nothing for what the ranges span.
Uid matched_up_to(const mail::Mailbox& mailbox, const imap::QresyncParameter& known);

}  // namespace roost::imapd
