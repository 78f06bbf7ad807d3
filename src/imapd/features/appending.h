// What APPEND and REPLACE share.
#pragma once

#include <vector>

#include "base/result.h"
#include "imap/append.h"
#include "imapd/session.h"
#include "mail/operation.h"
#include "rt/task.h"

namespace roost::imapd {

// The messages of the command that is being dispatched, with their flags and dates: most of them have been streamed to
// the store by now (append_intake.h). `append` outlives the call.
task<Result<std::vector<mail::NewMessage>>> take_messages(Session& session, imap::Append& append);

}  // namespace roost::imapd
