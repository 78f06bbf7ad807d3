// What COPY and MOVE share.
#pragma once

#include "imap/store.h"
#include "imapd/session.h"
#include "imapd/telling.h"

namespace roost::imapd {

// All of the messages or none (RFC 9051 6.4.7). By number, an expunged one among them is NO [EXPUNGEISSUED]
// (RFC 2180 4.4); by uid it is left out. `source` is empty where nothing was there to copy.
task<Result<mail::Copied>> copy_messages(Session& session, const imap::Copy& copy);

}  // namespace roost::imapd
