// Whose token is it? Knows the keys, and whom to ask.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "auth/config.h"
#include "auth/jwt_keys.h"
#include "base/clock.h"
#include "base/result.h"
#include "sasl/secret.h"

namespace roost::auth {

// Thread-safe. Every call may block, on the file of keys or on the issuer.
class Tokens {
 public:
  static constexpr Seconds kKeysKeptFor{10};  // then the file is read again: issuers change their keys

  // Reads the files that the configuration names.
  static Result<std::unique_ptr<Tokens>> open(OauthConfig config);

  // The name in a token that is good. no(authentication_failed, why) for one that is not, no(unavailable, why) where
  // that cannot be said now.
  Result<std::string> check(std::string_view token, WallTime now);

 private:
  using Keys = std::shared_ptr<const std::vector<JwtKey>>;

  explicit Tokens(OauthConfig config) : config_(std::move(config)) {}

  Result<> read_keys(WallTime now);
  Keys keys_now(WallTime now);
  Result<std::string> check_signed(std::string_view token, WallTime now);

  const OauthConfig config_;
  sasl::Secret secret_;
  std::mutex mutex_;  // guards the rest
  Keys keys_;
  WallTime read_at_;
};

}  // namespace roost::auth
