// What is stored instead of a password, as one line of text: $scram-sha-256$… (sasl/scram.h) or $argon2id$…
// (libsodium's form, always with 19 MiB and two passes). All of it is thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/config.h"
#include "sasl/scram.h"
#include "sasl/secret.h"

namespace roost::auth {

// Slow: a pool's work. Fails only where memory for the hash cannot be had.
Result<std::string> make_verifier(Scheme scheme, uint32_t iterations, std::string_view password);

// Slow, as long for a wrong password as for the right one.
bool matches(std::string_view verifier, std::string_view password);

// Nullopt for a line that no version of Roost writes.
std::optional<Scheme> scheme_of(std::string_view verifier);

// How often matches() hashed in this process: tests show with it that unknown names cost what known ones do.
uint64_t hashes_checked();

// Verifiers for names that nobody has: the same for the same name for ever, as a real user's salt would be, and fitted
// by no password.
class Decoys {
 public:
  // `secret`: 32 random octets that outlive restarts.
  Decoys(sasl::Secret secret, Scheme scheme, uint32_t iterations)
      : secret_(std::move(secret)), scheme_(scheme), iterations_(iterations) {}

  std::string verifier(std::string_view name) const;
  sasl::ScramVerifier scram(std::string_view name) const;

 private:
  sasl::ScramKey derive(std::string_view purpose, std::string_view name) const;

  sasl::Secret secret_;
  Scheme scheme_;
  uint32_t iterations_;
};

// `count` random octets from the system.
Bytes random_octets(size_t count);

}  // namespace roost::auth
