// The answer to SEARCH RETURN (…): one ESEARCH response (RFC 4731 3.1).
#pragma once

#include "base/bytes.h"
#include "imap/search.h"
#include "imapd/features/searching.h"
#include "imapd/view.h"

namespace roost::imapd {

// MIN, MAX and ALL as the result is ordered (RFC 5267 3.1). What was not asked for is left out, and so is all but COUNT
// where nothing was found.
task<Result<>> write_esearch(Session& session, const imap::Search& search, BytesView tag, const View& view,
                             const Found& found);

}  // namespace roost::imapd
