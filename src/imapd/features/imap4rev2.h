// What only clients of IMAP4rev2 (RFC 9051) are told.
#pragma once

#include "base/bytes.h"
#include "imapd/place.h"
#include "imapd/session.h"

namespace roost::imapd {

// LIST for one mailbox, which nobody asked for (RFC 9051 6.3.9.7): what became of it, as it is in the newest snapshot.
// `old_name` is what the client called it, as it was spelled; empty: the same. Says nothing unless IMAP4rev2 is on.
void tell_mailbox(Session& session, const Place& place, BytesView old_name);

// The same, if the client spelled the name otherwise than it is kept: `supplied` is not empty then.
void tell_normalised(Session& session, const Place& place, BytesView supplied);

}  // namespace roost::imapd
