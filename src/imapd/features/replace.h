// The message that REPLACE takes away (RFC 8508).
#pragma once

#include "base/ids.h"
#include "base/result.h"
#include "imap/sequence_set.h"
#include "imapd/session.h"
#include "rt/task.h"

namespace roost::imapd {

// Of the selected mailbox, by number or UID. Bad for a number above EXISTS; NO [READ-ONLY], NO [NONEXISTENT] for a UID
// that is not there, NO [EXPUNGEISSUED] for a message that is gone though the client has not been told.
task<Result<Uid>> find_replaced(Session& session, imap::SequenceSet set, bool by_uid);

}  // namespace roost::imapd
