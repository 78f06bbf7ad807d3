// FETCH of what the rows alone say: UID, FLAGS, INTERNALDATE, RFC822.SIZE, SAVEDATE, EMAILID, THREADID.
#pragma once

#include "base/uid_set.h"
#include "imap/fetch_response.h"
#include "imapd/features/fetch_plan.h"
#include "imapd/keyword_names.h"
#include "imapd/session.h"
#include "imapd/view.h"
#include "mail/row.h"

namespace roost::imapd {

// The items that need nothing but the row; the others are left to the caller. False for those.
bool write_row_item(imap::FetchWriter& response, const imap::FetchItem& item, const mail::Cold& cold,
                    const mail::Hot& hot, KeywordNames& keywords, bool recent);

// One response for each of `uids`, batch by batch. What is read no more (expunged long ago) is left out and counted.
task<Result<size_t>> fetch_rows(Session& session, View view, UidSet uids, const FetchPlan& plan);
// The same from the last of `uids` down.
task<Result<size_t>> fetch_rows_downwards(Session& session, View view, std::vector<Uid> uids, const FetchPlan& plan);

}  // namespace roost::imapd
