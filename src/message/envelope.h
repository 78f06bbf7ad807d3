// ENVELOPE (RFC 9051 7.5.2), ready to send.
#pragma once

#include "base/bytes.h"

namespace roost::message {

// `header` is a header's raw fields. To, Cc and Bcc that occur several times are joined (RFC 5322 4.5.3); of every
// other field the first counts. `utf8`: quoted strings may hold UTF-8.
void write_envelope(Bytes& out, BytesView header, bool utf8 = false);

}  // namespace roost::message
