// How object identifiers are spelled (RFC 8474 7): a letter that keeps the kinds apart, and hexadecimal digits.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/ids.h"

namespace roost::imapd {

// "F2a-1c": of one server unique, as ids of mailboxes are within an account. Stays with the mailbox over RENAME.
Bytes spell_mailbox_id(AccountId account, MailboxId mailbox);
Bytes spell_email_id(const ObjectId& id);   // "M" and 32 digits
Bytes spell_thread_id(const ObjectId& id);  // "T" and 32 digits

// Nothing for what none of these would have given: no message has it. Case matters.
std::optional<ObjectId> parse_email_id(BytesView spelled);
std::optional<ObjectId> parse_thread_id(BytesView spelled);

}  // namespace roost::imapd
