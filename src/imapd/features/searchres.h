// What "$" stands for after SEARCH RETURN (SAVE) (RFC 5182 2.4).
#pragma once

#include "base/result.h"
#include "imap/search.h"
#include "imapd/features/searching.h"
#include "imapd/session.h"

namespace roost::imapd {

// `found`, or of these the first and the last where only MIN and MAX were asked for. False where the result is too
// large to be kept: then "$" is empty, and the command ends with NO [NOTSAVED].
[[nodiscard]] bool save_result(Session& session, const imap::Search::Return& give, const Found& found);

}  // namespace roost::imapd
