// Asking the issuer about a token (RFC 7662), by HTTP.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "auth/config.h"
#include "base/result.h"

namespace roost::auth {

inline constexpr size_t kIntrospectionBytesMax = 64 * 1024;  // of the answer

// Blocks, at most config.introspection_ms_max: for a pool of its own, since the issuer may be slow. `secret` is this
// server's at the issuer. The claims of an active token; no(authentication_failed) for any other, no(unavailable, why)
// where the issuer cannot be asked. Thread-safe. Follows no redirections.
Result<nlohmann::json> introspect(const OauthConfig& config, std::string_view secret, std::string_view token);

// Whether a secret may be sent there: by https, or by http to this machine.
bool may_ask_at(std::string_view url);

}  // namespace roost::auth
