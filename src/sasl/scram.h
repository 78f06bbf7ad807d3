// SCRAM's keys (RFC 5802 3, RFC 7677), with SHA-256 or SHA-1: what the server keeps instead of a password.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"

namespace roost::sasl {

inline constexpr uint32_t kScramIterationsMin = 4096;        // RFC 7677 4
inline constexpr uint32_t kScramIterationsMax = 10'000'000;  // an attacker who writes verifiers must not stall a thread
inline constexpr uint32_t kScramIterationsDefault = 65'536;
inline constexpr size_t kScramSaltBytes = 16;
inline constexpr size_t kScramSaltBytesMax = 64;

enum class ScramHash : uint8_t { sha_1, sha_256 };

// Of either hash: 20 or 32 octets.
class ScramKey {
 public:
  ScramKey() : ScramKey(ScramHash::sha_256) {}
  explicit ScramKey(ScramHash hash) : size_(size_of(hash)) {}

  static constexpr uint8_t size_of(ScramHash hash) { return hash == ScramHash::sha_1 ? 20 : 32; }

  uint8_t* data() { return octets_.data(); }
  size_t size() const { return size_; }
  uint8_t& operator[](size_t i) { return octets_[i]; }
  uint8_t operator[](size_t i) const { return octets_[i]; }
  uint8_t* begin() { return octets_.data(); }
  uint8_t* end() { return octets_.data() + size_; }

  friend BytesView view(const ScramKey& key) { return {reinterpret_cast<const char*>(key.octets_.data()), key.size_}; }
  friend bool operator==(const ScramKey&, const ScramKey&) = default;

 private:
  std::array<uint8_t, 32> octets_{};  // zero behind size_
  uint8_t size_;
};

struct ScramVerifier {
  Bytes salt;  // 1 .. kScramSaltBytesMax octets
  uint32_t iterations = 0;
  ScramKey stored_key{};  // H(ClientKey): enough to check a proof, not to make one
  ScramKey server_key{};
  ScramHash hash = ScramHash::sha_256;  // that both keys are of

  friend bool operator==(const ScramVerifier&, const ScramVerifier&) = default;
};

// PBKDF2 over the prepared password: some 30 ms for 100,000 iterations, so never on a loop. Thread-safe.
ScramVerifier derive_scram(std::string_view password, BytesView salt, uint32_t iterations,
                           ScramHash hash = ScramHash::sha_256);

// The same work, and whether it leads to the same keys. Compares in constant time.
bool check_scram(const ScramVerifier& verifier, std::string_view password);

// One line: $scram-sha-256$i=ITERATIONS$SALT$STORED$SERVER, or $scram-sha-1$…, the last three in base64.
std::string format_scram(const ScramVerifier& verifier);
// Nullopt for any other text, and for iterations or salts outside the limits above.
std::optional<ScramVerifier> parse_scram(std::string_view text);

// How often derive_scram() ran in this process: tests show with it that unknown names cost what known ones do.
uint64_t scram_derivations();

}  // namespace roost::sasl
