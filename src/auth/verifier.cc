#include "auth/verifier.h"

#include <sodium.h>

#include <atomic>

#include "sasl/base64.h"
#include "sasl/prepare.h"
#include "sasl/scram_crypto.h"

namespace roost::auth {
namespace {

constexpr size_t kArgonMemoryBytes = size_t{19} * 1024 * 1024;
constexpr unsigned long long kArgonPasses = 2;
constexpr std::string_view kArgonPrefix = "$argon2id$v=19$m=19456,t=2,p=1$";
constexpr size_t kArgonSaltBytes = 16;
std::atomic<uint64_t> checked{0};

// PHC strings leave the padding out.
std::string unpadded_base64(BytesView data) {
  std::string out = sasl::encode_base64(data);
  return out.substr(0, out.find('='));
}

bool is_argon(std::string_view text) {
  constexpr size_t kRestBytes = 22 + 1 + 43;  // 16 octets of salt, 32 of hash, unpadded
  if (!text.starts_with(kArgonPrefix) || text.size() != kArgonPrefix.size() + kRestBytes) return false;
  std::string_view rest = text.substr(kArgonPrefix.size());
  return rest[22] == '$' && sasl::decode_base64(std::string(rest.substr(0, 22)) + "==") &&
         sasl::decode_base64(std::string(rest.substr(23)) + "=");
}

Result<std::string> make_argon(std::string_view password) {
  char out[crypto_pwhash_STRBYTES];
  if (sodium_init() < 0 ||
      crypto_pwhash_str(out, password.data(), password.size(), kArgonPasses, kArgonMemoryBytes) != 0) {
    return fault("no memory for a password hash", Code::unavailable);
  }
  return std::string(out);
}

bool matches_argon(std::string_view verifier, std::string_view password) {
  return sodium_init() >= 0 &&
         crypto_pwhash_str_verify(std::string(verifier).c_str(), password.data(), password.size()) == 0;
}

}  // namespace

Result<std::string> make_verifier(Scheme scheme, uint32_t iterations, std::string_view password) {
  if (scheme == Scheme::argon2id) {
    sasl::Secret prepared(sasl::prepare_password(password));
    return make_argon(prepared.view());
  }
  return sasl::format_scram(sasl::derive_scram(password, random_octets(sasl::kScramSaltBytes), iterations));
}

bool matches(std::string_view verifier, std::string_view password) {
  checked.fetch_add(1, std::memory_order_relaxed);
  if (std::optional<sasl::ScramVerifier> scram = sasl::parse_scram(verifier)) return check_scram(*scram, password);
  sasl::Secret prepared(sasl::prepare_password(password));
  return is_argon(verifier) && matches_argon(verifier, prepared.view());
}

std::optional<Scheme> scheme_of(std::string_view verifier) {
  if (sasl::parse_scram(verifier)) return Scheme::scram_sha_256;
  if (is_argon(verifier)) return Scheme::argon2id;
  return std::nullopt;
}

uint64_t hashes_checked() { return checked.load(std::memory_order_relaxed); }

sasl::ScramKey Decoys::derive(std::string_view purpose, std::string_view name) const {
  Bytes text(purpose);
  text.push_back('\0');
  text.append(name);
  return sasl::hmac_sha256(secret_.view(), text);
}

sasl::ScramVerifier Decoys::scram(std::string_view name) const {
  Bytes salt(sasl::view(derive("salt", name)).substr(0, sasl::kScramSaltBytes));
  return {std::move(salt), iterations_, derive("stored key", name), derive("server key", name)};
}

std::string Decoys::verifier(std::string_view name) const {
  if (scheme_ == Scheme::scram_sha_256) return sasl::format_scram(scram(name));
  sasl::ScramKey salt = derive("salt", name);
  sasl::ScramKey hash = derive("stored key", name);
  return std::string(kArgonPrefix) + unpadded_base64(sasl::view(salt).substr(0, kArgonSaltBytes)) + "$" +
         unpadded_base64(sasl::view(hash));
}

Bytes random_octets(size_t count) {
  Bytes out(count, '\0');
  randombytes_buf(out.data(), out.size());
  return out;
}

}  // namespace roost::auth
