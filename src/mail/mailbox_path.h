// Names of mailboxes: levels between "/". Inside mail/ only; imap/ has normalised them before.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mail/engine.h"

namespace roost::mail {

constexpr char kSeparator = '/';
constexpr std::string_view kInbox = "INBOX";

// RFC 9051 6.3.4: the separator at the end only says that children will come.
std::string_view without_trailing_separator(std::string_view name);

// NO [CANNOT] for names that cannot be, NO [LIMIT] for those that are too long or too deep.
Result<> check_mailbox_name(std::string_view name, const EngineLimits& limits);

// "a" and "a/b" for "a/b/c".
std::vector<std::string> superiors_of(std::string_view name);

}  // namespace roost::mail
