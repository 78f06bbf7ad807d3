// Which part of a result is asked for (RFC 9394).
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace roost::imap {

class Parser;

// partial-range = nz-number ":" nz-number / "-" nz-number ":" "-" nz-number     RFC 9394 4. As the client wrote it, in
// either order; 1 is the first one, or if `from_end` the last.
struct PartialRange {
  uint32_t first = 1;
  uint32_t last = 1;
  bool from_end = false;
  friend bool operator==(const PartialRange&, const PartialRange&) = default;
};

Result<PartialRange> parse_partial_range(Parser& in);
void write_partial_range(Bytes& out, const PartialRange& range);

}  // namespace roost::imap
