// CONDSTORE-enabling commands (RFC 7162 3.1).
#pragma once

#include "imapd/session.h"

namespace roost::imapd {

// The client is CONDSTORE-aware from here on. The first time, with a mailbox selected, it is told what it may take for
// HIGHESTMODSEQ.
void enable_condstore(Session& session);

}  // namespace roost::imapd
