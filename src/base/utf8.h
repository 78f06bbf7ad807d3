#pragma once

#include "base/bytes.h"

namespace roost {

// RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF.
bool is_valid_utf8(BytesView text);

}  // namespace roost
