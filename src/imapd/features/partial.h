// Parts of results (RFC 9394): those of its messages that are there, perhaps none.
#pragma once

#include "base/uid_set.h"
#include "imap/partial_range.h"
#include "imapd/features/searching.h"

namespace roost::imapd {

// In the order of uids.
UidSet part_of(const UidSet& uids, const imap::PartialRange& range);
// In the order of the result.
Found part_of(const Found& found, const imap::PartialRange& range);

}  // namespace roost::imapd
