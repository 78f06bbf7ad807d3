// METADATA responses in answer to GETMETADATA and LIST (RFC 5464 4.4.1, RFC 9590).
#pragma once

#include <vector>

#include "base/bytes.h"
#include "imapd/session.h"
#include "mail/snapshot.h"

namespace roost::imapd {

// The named entries of a mailbox of `snapshot`, NIL where they have no value. Nothing if it is gone.
task<Result<>> write_metadata(Session& session, mail::SnapshotPtr snapshot, Bytes mailbox, std::vector<Bytes> entries);

}  // namespace roost::imapd
