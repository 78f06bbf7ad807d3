// The answer to SEARCH RETURN (…): one ESEARCH response (RFC 4731 3.1).
#pragma once

#include "base/bytes.h"
#include "base/uid_set.h"
#include "imap/list_response.h"
#include "imap/search.h"
#include "imapd/view.h"

namespace roost::imapd {

// `found` are members of the view: uids, or their numbers unless `search` is by uid. What was not asked for stays
// absent, and so does all but COUNT where nothing was found.
imap::EsearchRow esearch_row(const imap::Search& search, BytesView tag, const View& view, const UidSet& found);

}  // namespace roost::imapd
