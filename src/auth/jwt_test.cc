#include "auth/jwt.h"

#include <gtest/gtest.h>
#include <openssl/rsa.h>

#include <nlohmann/json.hpp>

#include "sasl/base64.h"

namespace roost::auth {
namespace {

using Json = nlohmann::json;

const std::vector<std::string> kAll = {"RS256", "PS256", "ES256", "EdDSA", "HS256"};

std::vector<JwtKey> keys_of(const std::string& keys) { return parse_jwt_keys(R"({"keys":[)" + keys + "]}").value(); }

// RFC 7515 A.1.
constexpr const char* kHmacKey =
    R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})";
constexpr const char* kHmacToken =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
// RFC 7515 A.3.
constexpr const char* kEcKey = R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                               R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
constexpr const char* kEcToken =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

Json joe() { return {{"iss", "joe"}, {"exp", 1300819380}, {"http://example.com/is_root", true}}; }

std::string url(BytesView data) {
  std::string out = sasl::encode_base64(data);
  std::ranges::replace(out, '+', '-');
  std::ranges::replace(out, '/', '_');
  return out.substr(0, out.find('='));
}

// A key pair of this test's own, and tokens that it signs.
class Signer {
 public:
  explicit Signer(EVP_PKEY* key) : key_(key) {}
  static Signer rsa(unsigned bits = 2048) { return Signer(EVP_RSA_gen(bits)); }

  std::string jwk(const std::string& more = "") const {
    BIGNUM* n = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), "n", &n);
    Bytes modulus(static_cast<size_t>(BN_num_bytes(n)), '\0');
    BN_bn2bin(n, reinterpret_cast<unsigned char*>(modulus.data()));
    BN_free(n);
    return R"({"kty":"RSA","e":"AQAB","n":")" + url(modulus) + "\"" + more + "}";
  }

  std::string sign(const Json& header, const std::string& claims, bool pss = false) const {
    std::string text = url(header.dump()) + "." + url(claims);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_PKEY_CTX* parameters = nullptr;
    EVP_DigestSignInit(context, &parameters, EVP_sha256(), nullptr, key_.get());
    if (pss) EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
    if (pss) EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST);
    Bytes signature(512, '\0');
    size_t size = signature.size();
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                   reinterpret_cast<const unsigned char*>(text.data()), text.size());
    EVP_MD_CTX_free(context);
    return text + "." + url(BytesView(signature).substr(0, size));
  }

 private:
  PublicKey key_;
};

const Signer& signer() {
  static const Signer made = Signer::rsa();
  return made;
}

std::string why_not(const Result<Json>& result) { return result ? "accepted" : result.error().text; }

TEST(Jwt, FollowsTheExamplesOfRfc7515) {
  EXPECT_EQ(verify_jwt(kHmacToken, keys_of(kHmacKey), kAll), joe());
  EXPECT_EQ(verify_jwt(kEcToken, keys_of(kEcKey), kAll), joe());
}

// RFC 8037 A.4, whose payload is no JSON: that is seen only once the signature was found right.
TEST(Jwt, FollowsTheExampleOfRfc8037) {
  auto keys = keys_of(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
  std::string token =
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
  EXPECT_EQ(why_not(verify_jwt(token, keys, kAll)), "its claims are damaged");
  token[token.size() - 3] = 'A';
  EXPECT_EQ(why_not(verify_jwt(token, keys, kAll)), "the signature is wrong");
}

TEST(Jwt, VerifiesRsaInBothPaddings) {
  auto keys = keys_of(signer().jwk());
  EXPECT_TRUE(verify_jwt(signer().sign({{"alg", "RS256"}}, "{}"), keys, kAll));
  EXPECT_TRUE(verify_jwt(signer().sign({{"alg", "PS256"}}, "{}", true), keys, kAll));
  EXPECT_FALSE(verify_jwt(signer().sign({{"alg", "PS256"}}, "{}"), keys, kAll));
  EXPECT_FALSE(verify_jwt(signer().sign({{"alg", "RS256"}}, "{}", true), keys, kAll));
}

TEST(Jwt, RefusesEveryChangedOctet) {
  auto keys = keys_of(kEcKey);
  std::string token = kEcToken;
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verify_jwt(changed, keys, kAll)) << i;
  }
  for (size_t i = 0; i < token.size(); ++i) EXPECT_FALSE(verify_jwt(token.substr(0, i), keys, kAll)) << i;
}

TEST(Jwt, NeverTakesAnUnsignedOne) {
  std::string unsigned_token = url(R"({"alg":"none"})") + "." + url(joe().dump()) + ".";
  std::vector<std::string> with_none = kAll;
  with_none.emplace_back("none");
  for (const auto& allowed : {kAll, with_none}) {
    EXPECT_EQ(why_not(verify_jwt(unsigned_token, keys_of(kEcKey), allowed)), "its algorithm is not allowed");
  }
}

// The public key's text as the secret of an HMAC: the oldest attack on these tokens.
TEST(Jwt, UsesAKeyOnlyForItsOwnKind) {
  std::string claims = url(joe().dump());
  std::string forged = url(R"({"alg":"HS256"})") + "." + claims + "." + url(std::string(32, 'x'));
  EXPECT_EQ(why_not(verify_jwt(forged, keys_of(signer().jwk()), kAll)), "no key fits it");
  EXPECT_EQ(why_not(verify_jwt(kHmacToken, keys_of(kEcKey), kAll)), "no key fits it");
  EXPECT_EQ(why_not(verify_jwt(kEcToken, keys_of(signer().jwk()), kAll)), "no key fits it");
}

TEST(Jwt, TakesOnlyAlgorithmsThatAreAllowedHereAndForTheKey) {
  std::vector<std::string> only_pss = {"PS256"};
  std::string token = signer().sign({{"alg", "RS256"}}, "{}");
  EXPECT_EQ(why_not(verify_jwt(token, keys_of(signer().jwk()), only_pss)), "its algorithm is not allowed");
  EXPECT_EQ(why_not(verify_jwt(token, keys_of(signer().jwk(R"(,"alg":"PS256")")), kAll)), "no key fits it");
  EXPECT_TRUE(verify_jwt(token, keys_of(signer().jwk(R"(,"alg":"RS256","use":"sig")")), kAll));
}

TEST(Jwt, LooksForTheKeyThatTheTokenNames) {
  std::string other = Signer::rsa().jwk(R"(,"kid":"b")");
  auto keys = keys_of(signer().jwk(R"(,"kid":"a")") + "," + other);
  EXPECT_TRUE(verify_jwt(signer().sign({{"alg", "RS256"}, {"kid", "a"}}, "{}"), keys, kAll));
  EXPECT_TRUE(verify_jwt(signer().sign({{"alg", "RS256"}}, "{}"), keys, kAll));
  EXPECT_EQ(why_not(verify_jwt(signer().sign({{"alg", "RS256"}, {"kid", "b"}}, "{}"), keys, kAll)),
            "the signature is wrong");
  EXPECT_EQ(why_not(verify_jwt(signer().sign({{"alg", "RS256"}, {"kid", "c"}}, "{}"), keys, kAll)), "no key fits it");
}

TEST(Jwt, RefusesHeadersThatItDoesNotUnderstand) {
  auto keys = keys_of(signer().jwk());
  EXPECT_EQ(why_not(verify_jwt(signer().sign({{"alg", "RS256"}, {"crit", {"b64"}}}, "{}"), keys, kAll)),
            "it needs an extension");
  for (const Json& header : {Json{{"alg", 7}}, Json::object(), Json::array(), Json("RS256")}) {
    EXPECT_FALSE(verify_jwt(signer().sign(header, "{}"), keys, kAll)) << header;
  }
  for (const char* claims : {"", "[]", "7", "{", "null"}) {
    EXPECT_EQ(why_not(verify_jwt(signer().sign({{"alg", "RS256"}}, claims), keys, kAll)), "its claims are damaged");
  }
  for (const char* token : {"", ".", "..", "a.b", "a.b.c.d", "....."}) EXPECT_FALSE(verify_jwt(token, keys, kAll));
}

TEST(JwtKeys, LeaveOutWhatIsNotForSignatures) {
  auto keys = keys_of(signer().jwk(R"(,"use":"enc")") + "," + signer().jwk(R"(,"kid":"x")") +
                      R"(,{"kty":"EC","crv":"secp256k1","x":"","y":""},{"kty":"new"},{})");
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(keys[0].id, "x");
}

TEST(JwtKeys, RefuseWhatIsWeakOrDamaged) {
  for (const std::string& keys :
       {Signer::rsa(1024).jwk(), std::string(R"({"kty":"oct","k":"c2hvcnQ"})"),
        std::string(R"({"kty":"RSA","e":"AQAB"})"), std::string(R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})"),
        std::string("7"), std::string()}) {
    EXPECT_FALSE(parse_jwt_keys(R"({"keys":[)" + keys + "]}")) << keys;
  }
  for (const char* text :
       {"", "{}", "[]", R"({"keys":{}})", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"}) {
    EXPECT_FALSE(parse_jwt_keys(text)) << text;
  }
}

TEST(JwtKeys, AreReadFromPemToo) {
  std::string pem =
      "a comment\n-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
      "-----END PUBLIC KEY-----\n";
  auto keys = parse_jwt_keys(pem + pem).value();
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].kind, JwtKey::Kind::ed25519);
}

}  // namespace
}  // namespace roost::auth
