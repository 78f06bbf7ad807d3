// Moments as they are typed on the command line.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace roost::admin {

// "2026-11-23", "2026-11-23 15:04" or "2026-11-23T15:04:05Z", in UTC; or how long ago: "90s", "30m", "12h", "3d". In
// seconds since 1970 UTC.
Result<int64_t> parse_time(std::string_view text, int64_t now);

}  // namespace roost::admin
