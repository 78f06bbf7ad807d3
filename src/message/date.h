// The Date field (RFC 5322 3.3, obsolete forms of 4.3).
#pragma once

#include <optional>

#include "base/bytes.h"
#include "message/card.h"

namespace roost::message {

// Nothing where no valid date can be found. An invalid zone counts as UTC and an invalid time as 00:00:00 (RFC
// 5256 2.2).
std::optional<SentDate> parse_date(BytesView value);

}  // namespace roost::message
