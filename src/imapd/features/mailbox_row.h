// What LIST says of one mailbox, by whatever command it is said.
#pragma once

#include "accounts/accounts.h"
#include "imap/list_response.h"
#include "mail/snapshot.h"

namespace roost::imapd {

// \NonExistent or \Noselect, the special use, and \HasChildren or \HasNoChildren wherever they mean something. What the
// account's user may not see is not there. `prefix` is what stands before the account's own names.
imap::ListRow mailbox_row(const accounts::Account& account, const mail::Snapshot& snapshot, BytesView prefix,
                          BytesView name);

// The mailbox, if the account's user may see it (RFC 4314 4).
std::optional<mail::Mailbox> find_visible(const accounts::Account& account, const mail::Snapshot& snapshot,
                                          BytesView name);

}  // namespace roost::imapd
