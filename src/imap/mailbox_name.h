// Mailbox names: UTF-8 inside, modified UTF-7 on the wire unless the session has turned UTF-8 on.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace roost::imap {

inline constexpr std::string_view kInbox = "INBOX";
inline constexpr char kHierarchySeparator = '/';
inline constexpr size_t kMailboxNameBytesMax = 1000;
inline constexpr size_t kMailboxLevelsMax = 100;

// A name from the wire as it is kept: UTF-8, and "INBOX" in capitals, also as the first of several levels. With `utf8`
// (Dialect::utf8_names) the wire carries UTF-8, and the result is in NFC (RFC 5198); without it, modified UTF-7, whose
// exact form is kept (RFC 3501 5.1.3). No [CANNOT] for controls, wrong encodings and empty levels; No [LIMIT] for one
// that is too long or too deep. A name never becomes a path: ".." is text.
Result<Bytes> normalize_mailbox_name(BytesView wire, bool utf8);

// LIST's reference and pattern: decoded likewise, but they may be empty and have empty levels. What cannot be decoded
// becomes a pattern that matches nothing.
Bytes decode_list_pattern(BytesView wire, bool utf8);

// mailbox = "INBOX" / astring     as an atom where possible, else quoted
void write_mailbox(Bytes& out, BytesView name, bool utf8);

}  // namespace roost::imap
