// Base64 as SASL needs it (RFC 4648 4): one line, padded, nothing tolerated.
#pragma once

#include <optional>

#include "base/bytes.h"

namespace roost::sasl {

Bytes encode_base64(BytesView data);

// Nullopt for any other octet, missing padding, or pad bits that are not zero.
std::optional<Bytes> decode_base64(BytesView text);

// RFC 4648 5 as RFC 7515 2 has it: "-" and "_" for "+" and "/", no padding.
std::optional<Bytes> decode_base64url(BytesView text);

}  // namespace roost::sasl
