// What is said about changes: the one place that turns them into responses.
#pragma once

#include "base/result.h"
#include "base/uid_set.h"
#include "imapd/feature.h"
#include "imapd/view.h"
#include "mail/snapshot.h"
#include "rt/task.h"

namespace roost::imapd {

class Session;

// The client's numbering at the newest state, all rows in memory. Says nothing; what has to be said is noted in the
// session's Selected. Ends the session with BYE where the mailbox is gone.
task<Result<View>> catch_up(Session& session);

// Catches up and tells: EXPUNGE, highest first (unless the command `uses` sequence numbers), EXISTS and RECENT, new
// keywords, FETCH with the final FLAGS of what changed. RFC 9051 7.
task<Result<>> tell(Session& session, Hazard hazard);

// FETCH with FLAGS for the live ones of `uids`, which then owe nothing to the client. `with_uid`: RFC 9051 6.4.9.
task<Result<>> tell_flags(Session& session, const View& view, UidSet uids, bool with_uid);

// FLAGS and PERMANENTFLAGS, where keywords came up that the client has not seen.
void tell_keywords(Session& session, const mail::Mailbox& mailbox);

// What SELECT and EXAMINE say of a mailbox (RFC 3501 6.3.1), and what the session has been told with it.
Selected open_view(Session& session, const mail::SnapshotPtr& snapshot, const mail::Mailbox& mailbox, bool read_only);

}  // namespace roost::imapd
