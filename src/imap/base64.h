// base64 as AUTHENTICATE uses it (RFC 4648 4, with padding, no line breaks).
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace roost::imap {

// Bad for anything but the one way to write each value.
Result<Bytes> decode_base64(BytesView text);
void write_base64(Bytes& out, BytesView value);

}  // namespace roost::imap
