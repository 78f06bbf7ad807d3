// Mailbox names: UTF-8 inside, modified UTF-7 on the wire unless the session has turned UTF-8 on.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"

namespace roost::imap {

inline constexpr char kHierarchySeparator = '/';
inline constexpr size_t kMailboxNameBytesMax = 1000;
inline constexpr size_t kMailboxLevelsMax = 100;

// RFC 3501 5.1.3, strict: no octet above 0x7e, no control, no unfinished shift, no surplus or missing base64 bits, no
// half surrogate, nothing encoded that could stand for itself. One spelling for each name, so Bad for any other.
Result<Bytes> decode_modified_utf7(BytesView name);
// `name` is valid UTF-8.
void write_modified_utf7(Bytes& out, BytesView name);

// A name from the wire as it is kept: UTF-8 in NFC (RFC 5198), "INBOX" in capitals, also as the first of several
// levels. No [CANNOT] for controls, invalid encodings and empty levels; No [LIMIT] for one that is too long or too
// deep. `utf8`: as Dialect::utf8_names. A name never becomes a path: ".." is text.
Result<Bytes> normalize_mailbox_name(BytesView wire, bool utf8);

// LIST's reference and pattern: as above, but they may be empty, may have empty levels, and what cannot be decoded
// stays as it is and matches nothing.
Bytes decode_list_pattern(BytesView wire, bool utf8);

// mailbox = "INBOX" / astring     as an atom where possible, else quoted
void write_mailbox(Bytes& out, BytesView name, bool utf8);

}  // namespace roost::imap
