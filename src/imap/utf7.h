// Modified UTF-7, the spelling of mailbox names that IMAP4rev1 clients use (RFC 3501 5.1.3).
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace roost::imap {

// Strict: no octet outside the printable ASCII, no unfinished or superfluous shift, no surplus base64 bits, no half
// surrogate, nothing encoded that stands for itself. Each name has one spelling, so Bad for any other. Gives UTF-8.
Result<Bytes> decode_modified_utf7(BytesView name);

// `name` is valid UTF-8.
void write_modified_utf7(Bytes& out, BytesView name);

}  // namespace roost::imap
