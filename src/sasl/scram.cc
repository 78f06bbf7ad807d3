#include "sasl/scram.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <stdexcept>

#include "sasl/base64.h"
#include "sasl/prepare.h"
#include "sasl/scram_crypto.h"
#include "sasl/secret.h"

namespace roost::sasl {
namespace {

constexpr std::string_view kPrefixSha256 = "$scram-sha-256$i=";
constexpr std::string_view kPrefixSha1 = "$scram-sha-1$i=";
std::atomic<uint64_t> derivations{0};

const EVP_MD* function_of(ScramHash hash) { return hash == ScramHash::sha_1 ? EVP_sha1() : EVP_sha256(); }

std::string_view prefix_of(ScramHash hash) { return hash == ScramHash::sha_1 ? kPrefixSha1 : kPrefixSha256; }

const unsigned char* octets(BytesView v) { return reinterpret_cast<const unsigned char*>(v.data()); }

std::string_view take_field(std::string_view& text) {
  size_t end = std::min(text.find('$'), text.size());
  std::string_view field = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return field;
}

std::optional<uint32_t> parse_iterations(std::string_view text) {
  uint32_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.starts_with('0')) return std::nullopt;
  if (value < kScramIterationsMin || value > kScramIterationsMax) return std::nullopt;
  return value;
}

std::optional<ScramKey> parse_key(ScramHash hash, std::string_view text) {
  std::optional<Bytes> data = decode_base64(text);
  ScramKey key(hash);
  if (!data || data->size() != key.size()) return std::nullopt;
  std::ranges::copy(*data, key.begin());
  return key;
}

}  // namespace

ScramKey digest(ScramHash hash, BytesView data) {
  ScramKey out(hash);
  if (EVP_Digest(octets(data), data.size(), out.data(), nullptr, function_of(hash), nullptr) != 1) {
    throw std::runtime_error("a hash failed");
  }
  return out;
}

ScramKey hmac(ScramHash hash, BytesView key, BytesView data) {
  ScramKey out(hash);
  unsigned int size = 0;
  if (HMAC(function_of(hash), key.data(), static_cast<int>(key.size()), octets(data), data.size(), out.data(), &size) ==
      nullptr) {
    throw std::runtime_error("HMAC failed");
  }
  return out;
}

bool equal_in_constant_time(BytesView a, BytesView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

ScramVerifier derive_scram(std::string_view password, BytesView salt, uint32_t iterations, ScramHash hash) {
  derivations.fetch_add(1, std::memory_order_relaxed);
  Secret prepared(prepare_password(password));
  ScramKey salted(hash);
  if (PKCS5_PBKDF2_HMAC(prepared.view().data(), static_cast<int>(prepared.view().size()), octets(salt),
                        static_cast<int>(salt.size()), static_cast<int>(iterations), function_of(hash),
                        static_cast<int>(salted.size()), salted.data()) != 1) {
    throw std::runtime_error("PBKDF2 failed");
  }
  ScramKey client = hmac(hash, view(salted), "Client Key");
  ScramVerifier out{Bytes(salt), iterations, digest(hash, view(client)), hmac(hash, view(salted), "Server Key"), hash};
  OPENSSL_cleanse(client.data(), client.size());
  OPENSSL_cleanse(salted.data(), salted.size());
  return out;
}

bool check_scram(const ScramVerifier& verifier, std::string_view password) {
  ScramVerifier derived = derive_scram(password, verifier.salt, verifier.iterations, verifier.hash);
  return equal_in_constant_time(view(derived.stored_key), view(verifier.stored_key));
}

std::string format_scram(const ScramVerifier& verifier) {
  std::string out(prefix_of(verifier.hash));
  out += std::to_string(verifier.iterations);
  for (BytesView part : {BytesView(verifier.salt), view(verifier.stored_key), view(verifier.server_key)}) {
    out += '$';
    out += encode_base64(part);
  }
  return out;
}

std::optional<ScramVerifier> parse_scram(std::string_view text) {
  ScramHash hash = text.starts_with(kPrefixSha1) ? ScramHash::sha_1 : ScramHash::sha_256;
  if (!text.starts_with(prefix_of(hash))) return std::nullopt;
  text.remove_prefix(prefix_of(hash).size());
  std::optional<uint32_t> iterations = parse_iterations(take_field(text));
  std::optional<Bytes> salt = decode_base64(take_field(text));
  std::optional<ScramKey> stored = parse_key(hash, take_field(text));
  std::optional<ScramKey> server = parse_key(hash, text);
  if (!iterations || !salt || salt->empty() || salt->size() > kScramSaltBytesMax || !stored || !server) {
    return std::nullopt;
  }
  return ScramVerifier{std::move(*salt), *iterations, *stored, *server, hash};
}

uint64_t scram_derivations() { return derivations.load(std::memory_order_relaxed); }

}  // namespace roost::sasl
