// What "$" stands for after SEARCH RETURN (SAVE) (RFC 5182 2.4).
#pragma once

#include "base/result.h"
#include "imap/search.h"
#include "imapd/features/searching.h"
#include "imapd/session.h"

namespace roost::imapd {

// `found`, or of these the first and the last and the part where only MIN, MAX
// and PARTIAL were asked for (RFC 9394 3.2). False where the result is too
// large to be kept: then "$" is empty, and the command ends with NO [NOTSAVED].
[[nodiscard]] bool save_result(Session& session, const imap::Search::Return& give, const Found& found);

}  // namespace roost::imapd
