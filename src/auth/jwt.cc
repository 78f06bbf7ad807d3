#include "auth/jwt.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "sasl/base64.h"
#include "sasl/scram_crypto.h"

namespace roost::auth {
namespace {

using Json = nlohmann::json;
using Kind = JwtKey::Kind;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype([](EVP_MD_CTX* c) { EVP_MD_CTX_free(c); })>;
using Signature = std::unique_ptr<ECDSA_SIG, decltype([](ECDSA_SIG* s) { ECDSA_SIG_free(s); })>;

constexpr size_t kKeysTriedMax = 8;  // that fit a token which does not name its key

struct Algorithm {
  std::string_view name;
  Kind kind;
  const EVP_MD* (*hash)();
  bool pss = false;
};

constexpr const EVP_MD* (*kNoHash)() = nullptr;

constexpr Algorithm kAlgorithms[] = {{"RS256", Kind::rsa, EVP_sha256},       {"RS384", Kind::rsa, EVP_sha384},
                                     {"RS512", Kind::rsa, EVP_sha512},       {"PS256", Kind::rsa, EVP_sha256, true},
                                     {"PS384", Kind::rsa, EVP_sha384, true}, {"PS512", Kind::rsa, EVP_sha512, true},
                                     {"ES256", Kind::p256, EVP_sha256},      {"ES384", Kind::p384, EVP_sha384},
                                     {"EdDSA", Kind::ed25519, kNoHash},      {"HS256", Kind::secret, EVP_sha256},
                                     {"HS384", Kind::secret, EVP_sha384},    {"HS512", Kind::secret, EVP_sha512}};

Fail refused(std::string_view why) { return no(Code::authentication_failed, std::string(why)); }

const unsigned char* octets(BytesView v) { return reinterpret_cast<const unsigned char*>(v.data()); }

const Algorithm* find_algorithm(std::string_view name) {
  const Algorithm* found = std::ranges::find(kAlgorithms, name, &Algorithm::name);
  return found == std::end(kAlgorithms) ? nullptr : found;
}

bool matches_mac(const Algorithm& algorithm, const JwtKey& key, BytesView signed_text, BytesView signature) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  std::string_view secret = key.secret.view();
  HMAC(algorithm.hash(), secret.data(), static_cast<int>(secret.size()), octets(signed_text), signed_text.size(), mac,
       &size);
  return sasl::equal_in_constant_time({reinterpret_cast<const char*>(mac), size}, signature);
}

// RFC 7518 3.4: R and S side by side, where OpenSSL wants them in DER.
std::optional<Bytes> der_of(BytesView signature, size_t field_bytes) {
  if (signature.size() != 2 * field_bytes) return std::nullopt;
  Signature pair(ECDSA_SIG_new());
  int size = static_cast<int>(field_bytes);
  BIGNUM* r = BN_bin2bn(octets(signature), size, nullptr);
  BIGNUM* s = BN_bin2bn(octets(signature.substr(field_bytes)), size, nullptr);
  if (!pair || r == nullptr || s == nullptr || ECDSA_SIG_set0(pair.get(), r, s) != 1) return std::nullopt;
  unsigned char* der = nullptr;
  int der_size = i2d_ECDSA_SIG(pair.get(), &der);
  if (der_size <= 0) return std::nullopt;
  Bytes out(reinterpret_cast<const char*>(der), static_cast<size_t>(der_size));
  OPENSSL_free(der);
  return out;
}

bool set_pss(EVP_PKEY_CTX* context) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

bool matches_key(const Algorithm& algorithm, const JwtKey& key, BytesView signed_text, BytesView signature) {
  std::optional<Bytes> der;
  if (key.kind == Kind::p256 || key.kind == Kind::p384) {
    der = der_of(signature, key.kind == Kind::p256 ? 32 : 48);
    if (!der) return false;
    signature = *der;
  }
  DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;
  const EVP_MD* hash = algorithm.hash == nullptr ? nullptr : algorithm.hash();
  bool right = context && EVP_DigestVerifyInit(context.get(), &parameters, hash, nullptr, key.key.get()) == 1 &&
               (!algorithm.pss || set_pss(parameters)) &&
               EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(signed_text),
                                signed_text.size()) == 1;
  ERR_clear_error();
  return right;
}

bool fits(const JwtKey& key, const Algorithm& algorithm, const std::string& id) {
  if (key.kind != algorithm.kind || (!key.algorithm.empty() && key.algorithm != algorithm.name)) return false;
  return id.empty() || key.id.empty() || key.id == id;
}

Result<> check_signature(const Json& header, std::span<const JwtKey> keys, const Algorithm& algorithm,
                         BytesView signed_text, BytesView signature) {
  auto kid = header.find("kid");
  std::string id = kid != header.end() && kid->is_string() ? kid->get<std::string>() : std::string();
  size_t tried = 0;
  for (const JwtKey& key : keys) {
    if (!fits(key, algorithm, id)) continue;
    if (++tried > kKeysTriedMax) break;
    bool right = key.kind == Kind::secret ? matches_mac(algorithm, key, signed_text, signature)
                                          : matches_key(algorithm, key, signed_text, signature);
    if (right) return {};
  }
  return refused(tried == 0 ? "no key fits it" : "the signature is wrong");
}

std::optional<Json> object_of(BytesView base64url) {
  std::optional<Bytes> text = sasl::decode_base64url(base64url);
  if (!text) return std::nullopt;
  Json json = Json::parse(*text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  return json;
}

}  // namespace

bool is_jwt_algorithm(std::string_view name) { return find_algorithm(name) != nullptr; }

bool looks_like_jwt(std::string_view token) { return std::ranges::count(token, '.') == 2; }

Result<nlohmann::json> verify_jwt(std::string_view token, std::span<const JwtKey> keys,
                                  std::span<const std::string> algorithms) {
  if (!looks_like_jwt(token)) return refused("it is no signed token");
  size_t second = token.rfind('.');
  BytesView signed_text = token.substr(0, second);
  size_t first = signed_text.find('.');
  std::optional<Json> header = object_of(signed_text.substr(0, first));
  std::optional<Bytes> signature = sasl::decode_base64url(token.substr(second + 1));
  if (!header || !signature) return refused("it is damaged");
  // RFC 7515 4.1.11: what is critical and not understood; nothing is understood here.
  if (header->contains("crit")) return refused("it needs an extension");
  auto alg = header->find("alg");
  std::string name = alg != header->end() && alg->is_string() ? alg->get<std::string>() : std::string();
  const Algorithm* algorithm = find_algorithm(name);
  bool allowed = std::ranges::find(algorithms, name) != algorithms.end();
  if (algorithm == nullptr || !allowed) return refused("its algorithm is not allowed");
  ROOST_TRY_VOID(check_signature(*header, keys, *algorithm, signed_text, *signature));
  std::optional<Json> claims = object_of(signed_text.substr(first + 1));
  if (!claims) return refused("its claims are damaged");
  return *std::move(claims);
}

}  // namespace roost::auth
