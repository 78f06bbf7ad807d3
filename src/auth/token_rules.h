// What the claims of a token must say before its owner may log in. Pure; thread-safe.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "auth/config.h"
#include "base/clock.h"
#include "base/result.h"

namespace roost::auth {

// `signed_token`: verified by a key, so that issuer, audience and time of expiry must be there; the answer of an
// introspection (RFC 7662 2.2) may leave them out, since it is given to us alone. Gives the name to log in with. Errors
// are no(authentication_failed, why), with words for the log.
Result<std::string> check_claims(const nlohmann::json& claims, const OauthConfig& config, WallTime now,
                                 bool signed_token);

}  // namespace roost::auth
