// FETCH responses that no FETCH asked for: what NOTIFY wants to know of new messages (RFC 5465 5.2).
#pragma once

#include <vector>

#include "base/uid_set.h"
#include "imap/fetch.h"
#include "imapd/session.h"

namespace roost::imapd {

// Of messages of the selected mailbox that the client has been told of, always with their UIDs. Sets \Seen on none.
// What can no longer be read is left out.
task<Result<>> fetch_unasked(Session& session, std::vector<imap::FetchItem> items, UidSet uids);

}  // namespace roost::imapd
