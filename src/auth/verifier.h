// What is stored instead of a password, as one line of text: $scram-sha-256$… (sasl/scram.h) or $argon2id$…
// (libsodium's form, always with 19 MiB and two passes); behind it, each after a space, what older mechanisms need:
// $scram-sha-1$… and $cram-md5$… All of it is thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/config.h"
#include "sasl/cram_md5.h"
#include "sasl/scram.h"
#include "sasl/secret.h"

namespace roost::auth {

// What a verifier is made of.
struct Recipe {
  Scheme scheme = Scheme::scram_sha_256;
  uint32_t iterations = 0;
  bool scram_sha_1 = false;
  bool cram_md5 = false;
};

// SCRAM tells a client one salt and one count before it is known which of a user's passwords he will prove: so all of
// them have the same.
struct Salting {
  Bytes salt;
  uint32_t iterations = 0;

  friend bool operator==(const Salting&, const Salting&) = default;
};
struct Saltings {
  std::optional<Salting> sha_256;
  std::optional<Salting> sha_1;

  const std::optional<Salting>& of(sasl::ScramHash hash) const {
    return hash == sasl::ScramHash::sha_1 ? sha_1 : sha_256;
  }
  // Takes what `other` has and this has not.
  void fill_from(Saltings other);
  friend bool operator==(const Saltings&, const Saltings&) = default;
};
// Of the parts that it has.
Saltings saltings_of(std::string_view verifier);

// Slow: a pool's work. Fails only where memory for the hash cannot be had. `kept`: of the user's other passwords.
Result<std::string> make_verifier(const Recipe& recipe, std::string_view password, const Saltings& kept = {});
// The parts for SCRAM and CRAM-MD5 alone; none where the recipe has none.
std::vector<std::string> challenge_parts(const Recipe& recipe, std::string_view password, const Saltings& kept);
// Whether make_verifier() would make another kind of line now, or challenge_parts() other parts.
bool is_outdated(std::string_view verifier, const Recipe& recipe, const Saltings& kept = {});

// Slow, as long for a wrong password as for the right one.
bool matches(std::string_view verifier, std::string_view password);

// Nullopt for a line that no version of Roost writes.
std::optional<Scheme> scheme_of(std::string_view verifier);

// The part for one mechanism; nullopt where the line has none.
std::optional<sasl::ScramVerifier> scram_of(std::string_view verifier, sasl::ScramHash hash);
std::optional<sasl::CramSecret> cram_of(std::string_view verifier);

// How often matches() hashed in this process: tests show with it that unknown names cost what known ones do.
uint64_t hashes_checked();

// Verifiers for names that nobody has: the same for the same name for ever, as a real user's salt would be, and fitted
// by no password.
class Decoys {
 public:
  // `secret`: 32 random octets that outlive restarts.
  Decoys(sasl::Secret secret, const Recipe& recipe) : secret_(std::move(secret)), recipe_(recipe) {}

  std::string verifier(std::string_view name) const;
  sasl::ScramVerifier scram(std::string_view name, sasl::ScramHash hash = sasl::ScramHash::sha_256) const;

 private:
  std::string main_part(std::string_view name) const;
  sasl::ScramKey derive(std::string_view purpose, std::string_view name,
                        sasl::ScramHash hash = sasl::ScramHash::sha_256) const;

  sasl::Secret secret_;
  Recipe recipe_;
};

// `count` random octets from the system.
Bytes random_octets(size_t count);

}  // namespace roost::auth
