// The features of this server, and what is derived from them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "imapd/feature.h"

namespace roost::imapd {

std::span<const Feature* const> all_features();

// Null for a command that this server does not have.
const CommandRow* find_command(imap::Verb verb);

// The grammar that the features turn on.
const imap::Dialect& dialect_of_features();

// In the order of the list.
std::vector<std::string> capabilities_of(const Session& session);

// What stands in the way of starting: a command with no row or two, a capability announced without the command or the
// grammar that it promises, or one that is there and not announced.
Result<> check_features(std::span<const Feature* const> features);

}  // namespace roost::imapd
