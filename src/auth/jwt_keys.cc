#include "auth/jwt_keys.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "sasl/base64.h"

namespace roost::auth {
namespace {

using Json = nlohmann::json;
using Kind = JwtKey::Kind;
template <auto Function>
using Freed = decltype([](auto* object) { Function(object); });
using Bignum = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;

Fail wrong_key(std::string_view why) { return fault("a key: " + std::string(why), Code::corruption); }

const unsigned char* octets(const Bytes& v) { return reinterpret_cast<const unsigned char*>(v.data()); }

std::string text_of(const Json& key, const char* name) {
  auto it = key.find(name);
  return it != key.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::optional<Bytes> octets_of(const Json& key, const char* name) {
  std::optional<Bytes> out = sasl::decode_base64url(text_of(key, name));
  if (out && out->empty()) out.reset();
  return out;
}

PublicKey make_key(const char* type, OSSL_PARAM_BLD* builder) {
  Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  Context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) return nullptr;
  return PublicKey(key);
}

// RFC 7518 6.3.1.
PublicKey make_rsa(const Json& json) {
  std::optional<Bytes> n = octets_of(json, "n");
  std::optional<Bytes> e = octets_of(json, "e");
  if (!n || !e) return nullptr;
  Bignum modulus(BN_bin2bn(octets(*n), static_cast<int>(n->size()), nullptr));
  Bignum exponent(BN_bin2bn(octets(*e), static_cast<int>(e->size()), nullptr));
  Builder builder(OSSL_PARAM_BLD_new());
  bool built = builder && modulus && exponent &&
               OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1 &&
               OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1;
  return built ? make_key("RSA", builder.get()) : nullptr;
}

// RFC 7518 6.2.1: x and y, each as long as the curve's field.
PublicKey make_ec(const Json& json, const char* group, size_t field_bytes) {
  std::optional<Bytes> x = octets_of(json, "x");
  std::optional<Bytes> y = octets_of(json, "y");
  if (!x || !y || x->size() != field_bytes || y->size() != field_bytes) return nullptr;
  Bytes point = "\4" + *x + *y;
  Builder builder(OSSL_PARAM_BLD_new());
  bool built =
      builder && OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1 &&
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1;
  return built ? make_key("EC", builder.get()) : nullptr;
}

// RFC 8037 2.
PublicKey make_ed25519(const Json& json) {
  std::optional<Bytes> x = octets_of(json, "x");
  if (!x) return nullptr;
  return PublicKey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(*x), x->size()));
}

std::optional<Kind> kind_of(const Json& json) {
  std::string type = text_of(json, "kty");
  std::string curve = text_of(json, "crv");
  if (type == "RSA") return Kind::rsa;
  if (type == "oct") return Kind::secret;
  if (type == "EC" && curve == "P-256") return Kind::p256;
  if (type == "EC" && curve == "P-384") return Kind::p384;
  if (type == "OKP" && curve == "Ed25519") return Kind::ed25519;
  return std::nullopt;
}

PublicKey make_public(const Json& json, Kind kind) {
  switch (kind) {
    case Kind::rsa: return make_rsa(json);
    case Kind::p256: return make_ec(json, "P-256", 32);
    case Kind::p384: return make_ec(json, "P-384", 48);
    case Kind::ed25519: return make_ed25519(json);
    case Kind::secret: break;
  }
  return nullptr;
}

Result<> check_strength(const JwtKey& key) {
  if (key.kind == Kind::rsa && EVP_PKEY_get_bits(key.key.get()) < kRsaBitsMin) return wrong_key("RSA below 2048 bits");
  if (key.kind == Kind::secret && key.secret.view().size() < kJwtSecretBytesMin) {
    return wrong_key("a secret below 32 octets");
  }
  return {};
}

// Nullopt for what is left out.
Result<std::optional<JwtKey>> parse_key(const Json& json) {
  if (!json.is_object()) return wrong_key("not a JSON object");
  std::string use = text_of(json, "use");
  std::optional<Kind> kind = kind_of(json);
  if (!kind || (!use.empty() && use != "sig")) return std::optional<JwtKey>();
  JwtKey out{.kind = *kind, .id = text_of(json, "kid"), .algorithm = text_of(json, "alg")};
  if (*kind == Kind::secret) {
    std::optional<Bytes> secret = octets_of(json, "k");
    if (!secret) return wrong_key("no secret");
    out.secret = sasl::Secret(*std::move(secret));
  } else {
    out.key = make_public(json, *kind);
    ERR_clear_error();
    if (!out.key) return wrong_key("damaged");
  }
  ROOST_TRY_VOID(check_strength(out));
  return std::optional<JwtKey>(std::move(out));
}

Result<std::vector<JwtKey>> parse_set(BytesView text) {
  Json json = Json::parse(text, nullptr, false);
  auto keys = json.is_object() ? json.find("keys") : json.end();
  if (keys == json.end() || !keys->is_array()) return wrong_key("expected a JSON object with \"keys\"");
  std::vector<JwtKey> out;
  for (const Json& key : *keys) {
    ROOST_TRY(std::optional<JwtKey> parsed, parse_key(key));
    if (parsed) out.push_back(*std::move(parsed));
    if (out.size() > kJwtKeysMax) return wrong_key("there are too many");
  }
  return out;
}

std::optional<Kind> kind_of(const EVP_PKEY* key) {
  char group[32] = {};
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return Kind::rsa;
    case EVP_PKEY_ED25519: return Kind::ed25519;
    case EVP_PKEY_EC: break;
    default: return std::nullopt;
  }
  EVP_PKEY_get_group_name(const_cast<EVP_PKEY*>(key), group, sizeof group, nullptr);
  if (std::string_view(group) == "prime256v1") return Kind::p256;
  if (std::string_view(group) == "secp384r1") return Kind::p384;
  return std::nullopt;
}

PublicKey read_pem(BIO* reader, BytesView rest) {
  if (rest.starts_with("-----BEGIN CERTIFICATE-----")) {
    Certificate certificate(PEM_read_bio_X509(reader, nullptr, nullptr, nullptr));
    return PublicKey(certificate ? X509_get_pubkey(certificate.get()) : nullptr);
  }
  return PublicKey(PEM_read_bio_PUBKEY(reader, nullptr, nullptr, nullptr));
}

Result<std::vector<JwtKey>> parse_pem(BytesView text) {
  std::vector<JwtKey> out;
  for (size_t at = text.find("-----BEGIN "); at != BytesView::npos; at = text.find("-----BEGIN ", at + 1)) {
    BytesView rest = text.substr(at);
    Bio reader(BIO_new_mem_buf(rest.data(), static_cast<int>(rest.size())));
    JwtKey key;
    key.key = read_pem(reader.get(), rest);
    ERR_clear_error();
    std::optional<Kind> kind = key.key ? kind_of(key.key.get()) : std::nullopt;
    if (!kind) return wrong_key("expected public keys or certificates: RSA, P-256, P-384 or Ed25519");
    key.kind = *kind;
    ROOST_TRY_VOID(check_strength(key));
    out.push_back(std::move(key));
    if (out.size() > kJwtKeysMax) return wrong_key("there are too many");
  }
  return out;
}

}  // namespace

Result<std::vector<JwtKey>> parse_jwt_keys(BytesView text) {
  size_t first = text.find_first_not_of(" \t\r\n");
  bool json = first != BytesView::npos && text[first] == '{';
  ROOST_TRY(std::vector<JwtKey> keys, json ? parse_set(text) : parse_pem(text));
  if (keys.empty()) return wrong_key("there is none for signatures");
  return keys;
}

}  // namespace roost::auth
