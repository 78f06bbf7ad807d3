// What the sessions say of quotas unasked.
#pragma once

#include "imapd/session.h"

namespace roost::imapd {

// Untagged NO [OVERQUOTA], once in a session, if the user's account is nearly full now (RFC 9208 4.3.1, a soft quota).
// For commands that have added to an account; how full another user's is, is none of this one's business.
void tell_soft_quota(Session& session, AccountId added_to);

}  // namespace roost::imapd
