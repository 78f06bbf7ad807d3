#include "auth/verifier.h"

#include <sodium.h>

#include <algorithm>
#include <atomic>

#include "sasl/base64.h"
#include "sasl/prepare.h"
#include "sasl/scram_crypto.h"

namespace roost::auth {
namespace {

using sasl::ScramHash;

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

// What stands before the next space; the rest stays. A space at the end stays too, and is a part that nothing takes.
std::string_view take_part(std::string_view& verifier) {
  size_t end = std::min(verifier.find(' '), verifier.size());
  std::string_view part = verifier.substr(0, end);
  bool more = end + 1 < verifier.size();
  verifier.remove_prefix(more ? end + 1 : end);
  return part;
}

// What `parse` makes of the first part that it takes.
template <class Parse>
auto find_part(std::string_view verifier, Parse parse) -> decltype(parse(verifier)) {
  for (std::string_view part = take_part(verifier); !part.empty(); part = take_part(verifier)) {
    if (auto found = parse(part)) return found;
  }
  return std::nullopt;
}

bool is_scram(std::string_view part, ScramHash hash) {
  std::optional<sasl::ScramVerifier> scram = sasl::parse_scram(part);
  return scram && scram->hash == hash;
}

}  // namespace

void Saltings::fill_from(Saltings other) {
  if (!sha_256) sha_256 = std::move(other.sha_256);
  if (!sha_1) sha_1 = std::move(other.sha_1);
}

Saltings saltings_of(std::string_view verifier) {
  auto of = [verifier](ScramHash hash) -> std::optional<Salting> {
    std::optional<sasl::ScramVerifier> scram = scram_of(verifier, hash);
    if (!scram) return std::nullopt;
    return Salting{std::move(scram->salt), scram->iterations};
  };
  return {of(ScramHash::sha_256), of(ScramHash::sha_1)};
}

std::vector<std::string> challenge_parts(const Recipe& recipe, std::string_view password, const Saltings& kept) {
  if (recipe.scheme != Scheme::scram_sha_256) return {};
  auto scram = [&](ScramHash hash) {
    const std::optional<Salting>& same = kept.of(hash);
    Salting salting = same ? *same : Salting{random_octets(sasl::kScramSaltBytes), recipe.iterations};
    return sasl::format_scram(sasl::derive_scram(password, salting.salt, salting.iterations, hash));
  };
  std::vector<std::string> out = {scram(ScramHash::sha_256)};
  if (recipe.scram_sha_1) out.push_back(scram(ScramHash::sha_1));
  if (recipe.cram_md5) out.push_back(sasl::format_cram(sasl::derive_cram(password)));
  return out;
}

Result<std::string> make_verifier(const Recipe& recipe, std::string_view password, const Saltings& kept) {
  if (recipe.scheme == Scheme::argon2id) {
    sasl::Secret prepared(sasl::prepare_password(password));
    return make_argon(prepared.view());
  }
  std::string out;
  for (const std::string& part : challenge_parts(recipe, password, kept)) out += (out.empty() ? "" : " ") + part;
  return out;
}

bool is_outdated(std::string_view verifier, const Recipe& recipe, const Saltings& kept) {
  Saltings has = saltings_of(verifier);
  auto fits = [&](ScramHash hash) {
    const std::optional<Salting>& salting = has.of(hash);
    const std::optional<Salting>& same = kept.of(hash);
    return salting && (same ? *salting == *same : salting->iterations == recipe.iterations);
  };
  if (recipe.scheme == Scheme::argon2id) return has.sha_256.has_value();
  if (!fits(ScramHash::sha_256)) return true;
  if (recipe.scram_sha_1 ? !fits(ScramHash::sha_1) : has.sha_1.has_value()) return true;
  return cram_of(verifier).has_value() != recipe.cram_md5;
}

std::optional<sasl::ScramVerifier> scram_of(std::string_view verifier, ScramHash hash) {
  return find_part(verifier, [hash](std::string_view part) {
    std::optional<sasl::ScramVerifier> scram = sasl::parse_scram(part);
    if (scram && scram->hash != hash) scram.reset();
    return scram;
  });
}

std::optional<sasl::CramSecret> cram_of(std::string_view verifier) { return find_part(verifier, sasl::parse_cram); }

bool matches(std::string_view verifier, std::string_view password) {
  checked.fetch_add(1, std::memory_order_relaxed);
  std::string_view main = take_part(verifier);
  if (std::optional<sasl::ScramVerifier> scram = sasl::parse_scram(main)) return check_scram(*scram, password);
  sasl::Secret prepared(sasl::prepare_password(password));
  return is_argon(main) && matches_argon(main, prepared.view());
}

std::optional<Scheme> scheme_of(std::string_view verifier) {
  if (is_argon(verifier)) return Scheme::argon2id;
  if (!is_scram(take_part(verifier), ScramHash::sha_256)) return std::nullopt;
  if (verifier.starts_with("$scram-sha-1$") && !is_scram(take_part(verifier), ScramHash::sha_1)) return std::nullopt;
  if (verifier.starts_with("$cram-md5$") && !sasl::parse_cram(take_part(verifier))) return std::nullopt;
  if (!verifier.empty()) return std::nullopt;
  return Scheme::scram_sha_256;
}

uint64_t hashes_checked() { return checked.load(std::memory_order_relaxed); }

sasl::ScramKey Decoys::derive(std::string_view purpose, std::string_view name, ScramHash hash) const {
  Bytes text(purpose);
  text.push_back('\0');
  text.append(name);
  return sasl::hmac(hash, secret_.view(), text);
}

sasl::ScramVerifier Decoys::scram(std::string_view name, ScramHash hash) const {
  sasl::ScramKey salt = derive(hash == ScramHash::sha_1 ? "salt for SHA-1" : "salt", name);
  return {Bytes(view(salt).substr(0, sasl::kScramSaltBytes)), recipe_.iterations, derive("stored key", name, hash),
          derive("server key", name, hash), hash};
}

std::string Decoys::main_part(std::string_view name) const {
  if (recipe_.scheme == Scheme::scram_sha_256) return sasl::format_scram(scram(name));
  sasl::ScramKey salt = derive("salt", name);
  sasl::ScramKey hash = derive("stored key", name);
  return std::string(kArgonPrefix) + unpadded_base64(view(salt).substr(0, kArgonSaltBytes)) + "$" +
         unpadded_base64(view(hash));
}

std::string Decoys::verifier(std::string_view name) const {
  std::string out = main_part(name);
  if (recipe_.scram_sha_1) out += ' ' + sasl::format_scram(scram(name, ScramHash::sha_1));
  if (recipe_.cram_md5) out += ' ' + sasl::format_cram(sasl::derive_cram(view(derive("cram-md5", name))));
  return out;
}

Bytes random_octets(size_t count) {
  Bytes out(count, '\0');
  randombytes_buf(out.data(), out.size());
  return out;
}

}  // namespace roost::auth
