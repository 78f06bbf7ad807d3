// The Date field (RFC 5322 3.3, obsolete forms of 4.3).
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace roost::message {

// The Date field. The local day, for SENTON, is that of seconds + 60 * zone_minutes.
struct SentDate {
  int64_t seconds = 0;       // since 1970 UTC
  int16_t zone_minutes = 0;  // east of UTC

  int64_t local_day() const;  // days since 1970-01-01
  friend bool operator==(const SentDate&, const SentDate&) = default;
};

// Nothing where no valid date can be found. An invalid zone counts as UTC and an invalid time as 00:00:00 (RFC
// 5256 2.2).
std::optional<SentDate> parse_date(BytesView value);

}  // namespace roost::message
