// Login names. Prepared by SASLprep, so that every way of typing one finds the same user, and in ASCII the same in
// either case: stored lower-cased. `alice` and `alice@example.org` are two names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace roost::auth {

// For finding somebody. Nullopt for what cannot be a name at all: then nobody is found.
std::optional<std::string> canonical_name(std::string_view name);

// For making somebody: 1 .. kNameBytesMax octets of assigned characters; none of them a control character, a space,
// "/" (a level in mailbox names), "+" (what follows it is the detail of an address), or % * " \, which mean something
// in IMAP's patterns and strings. "-" may not stand first, nor may the name be "anyone" or "anonymous": RFC 4314 2
// gives those a meaning in access control lists. no(cannot, why) else.
Result<std::string> new_name(std::string_view name);

}  // namespace roost::auth
