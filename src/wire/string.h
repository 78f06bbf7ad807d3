// The forms that a string takes on the wire (RFC 9051 4.3): quoted where it is short and plain, a literal otherwise.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace roost::wire {

// string = quoted / literal. 8-bit octets make it a literal, unless `utf8` (after ENABLE UTF8=ACCEPT or IMAP4rev2)
// and they are valid UTF-8.
void write_string(Bytes& out, BytesView value, bool utf8 = false);

// nstring = string / nil
void write_nstring(Bytes& out, const std::optional<Bytes>& value, bool utf8 = false);

// "{n}CRLF" and the octets.
void write_literal(Bytes& out, BytesView value);

}  // namespace roost::wire
