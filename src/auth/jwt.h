// Signed tokens (RFC 7519 in the compact form of RFC 7515), checked as RFC 8725 advises. Pure; thread-safe.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/jwt_keys.h"
#include "base/result.h"

namespace roost::auth {

// What this file can verify: RS256 … RS512, PS256 … PS512, ES256, ES384, EdDSA, HS256 … HS512. "none" is none of them.
bool is_jwt_algorithm(std::string_view name);

// Whether it has the three parts of one.
bool looks_like_jwt(std::string_view token);

// The claims, if the token is signed by one of the keys with one of `algorithms`. A key is used only with algorithms of
// its own kind, whatever the token says. Errors are no(authentication_failed, why), with words for the log.
Result<nlohmann::json> verify_jwt(std::string_view token, std::span<const JwtKey> keys,
                                  std::span<const std::string> algorithms);

}  // namespace roost::auth
