// The text of PREVIEW (RFC 8970).
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "message/parser.h"

namespace roost::message {

// UTF-8 on one line, at most `chars_max` characters: the beginning of the first text/plain part, or of the first
// text/html without its markup. Empty where the message has neither.
Bytes make_preview(const Parsed& parsed, size_t chars_max);

}  // namespace roost::message
