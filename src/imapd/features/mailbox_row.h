// What LIST says of one mailbox, by whatever command it is said.
#pragma once

#include "imap/list_response.h"
#include "mail/snapshot.h"

namespace roost::imapd {

// \NonExistent or \Noselect, the special use, and \HasChildren or \HasNoChildren wherever they mean something.
imap::ListRow mailbox_row(const mail::Snapshot& snapshot, BytesView name);

}  // namespace roost::imapd
