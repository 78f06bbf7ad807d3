// Decimal numbers as the grammar limits them.
#pragma once

#include <cstdint>
#include <limits>

#include "base/bytes.h"

namespace roost::imap {

inline constexpr uint64_t kNumber64Max = std::numeric_limits<int64_t>::max();

// Without leading zeros. At most 20 octets.
void write_number(Bytes& out, uint64_t value);
// Likewise at `at`, which has room; gives the end.
char* write_number(char* at, uint64_t value);

}  // namespace roost::imap
