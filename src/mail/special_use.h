// Which special uses a mailbox can have (RFC 6154 2, RFC 8457). Inside mail/ only.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "mail/mailbox_state.h"

namespace roost::mail {

// As the RFCs spell them, each once. NO [USEATTR] for one that cannot be given (RFC 6154 3).
Result<std::vector<std::string>> known_special_uses(const std::vector<std::string>& asked);

// Its uses without those of `uses`.
std::vector<std::string> other_special_uses(const MailboxState& mailbox, const std::vector<std::string>& uses);

}  // namespace roost::mail
