// METADATA responses in answer to GETMETADATA and LIST (RFC 5464 4.4.1, RFC 9590).
#pragma once

#include <vector>

#include "base/bytes.h"
#include "imapd/session.h"
#include "mail/snapshot.h"

namespace roost::imapd {

// The named entries of a mailbox, NIL where they have no value. Nothing where it is gone, or the rights do not suffice
// (RFC 5464 3.3). `prefix` is what stands before the account's names, `name` the mailbox's within it.
task<Result<>> write_metadata(Session& session, accounts::AccountPtr account, Bytes prefix, Bytes name,
                              std::vector<Bytes> entries);

}  // namespace roost::imapd
