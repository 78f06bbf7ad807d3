// The keys that tokens are signed with: a JWK set (RFC 7517), or public keys and certificates in PEM.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "sasl/secret.h"

namespace roost::auth {

using PublicKey = std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* key) { EVP_PKEY_free(key); })>;

struct JwtKey {
  enum class Kind : uint8_t { rsa, p256, p384, ed25519, secret };
  Kind kind = Kind::rsa;
  std::string id;         // "kid"; empty: for tokens with any
  std::string algorithm;  // "alg", the only one that it may be used with; empty: any that fits its kind
  PublicKey key;          // of all kinds but `secret`
  sasl::Secret secret;
};

inline constexpr size_t kJwtKeysMax = 64;
inline constexpr int kRsaBitsMin = 2048;
inline constexpr size_t kJwtSecretBytesMin = 32;

// Keys for anything but signatures, and of kinds that are not known, are left out, as RFC 7517 5 says. An error where
// none is left, or where one that is known is damaged or too weak.
Result<std::vector<JwtKey>> parse_jwt_keys(BytesView text);

}  // namespace roost::auth
