#include "net/tls_channel_binding.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <optional>
#include <string_view>

namespace roost::net {
namespace {

constexpr std::string_view kExporterLabel = "EXPORTER-Channel-Binding";
constexpr size_t kExporterBytes = 32;
constexpr size_t kFinishedBytesMax = 64;

bool has_unique_secrets(ssl_st* ssl) { return SSL_version(ssl) >= TLS1_3_VERSION || SSL_get_extms_support(ssl) == 1; }

// RFC 9266 2: the context is there, and empty, which TLS 1.2 tells from none.
std::optional<Bytes> exporter(ssl_st* ssl) {
  Bytes out(kExporterBytes, '\0');
  const unsigned char no_context = 0;
  const int made = SSL_export_keying_material(ssl, reinterpret_cast<unsigned char*>(out.data()), out.size(),
                                              kExporterLabel.data(), kExporterLabel.size(), &no_context, 0, 1);
  ERR_clear_error();
  if (made != 1) return std::nullopt;
  return out;
}

// RFC 5929 3.1: the first Finished message; the client's, but in a resumed session the server's.
Bytes first_finished(ssl_st* ssl) {
  std::array<char, kFinishedBytesMax> out;
  const size_t size = SSL_session_reused(ssl) == 1 ? SSL_get_finished(ssl, out.data(), out.size())
                                                   : SSL_get_peer_finished(ssl, out.data(), out.size());
  return {out.data(), std::min(size, out.size())};
}

// RFC 5929 4.1: SHA-256 in the place of MD5 and SHA-1; null where the signature has no hash of its own (Ed25519).
const EVP_MD* end_point_hash(const X509* certificate) {
  int hash = NID_undef;
  if (X509_get_signature_info(const_cast<X509*>(certificate), &hash, nullptr, nullptr, nullptr) != 1) return nullptr;
  if (hash == NID_md5 || hash == NID_sha1) return EVP_sha256();
  return hash == NID_undef ? nullptr : EVP_get_digestbynid(hash);
}

std::optional<Bytes> server_end_point(ssl_st* ssl) {
  const X509* certificate = SSL_get_certificate(ssl);
  const EVP_MD* hash = certificate == nullptr ? nullptr : end_point_hash(certificate);
  std::array<unsigned char, EVP_MAX_MD_SIZE> out;
  unsigned int size = 0;
  const bool made = hash != nullptr && X509_digest(certificate, hash, out.data(), &size) == 1;
  ERR_clear_error();
  if (!made) return std::nullopt;
  return Bytes(reinterpret_cast<const char*>(out.data()), size);
}

}  // namespace

std::vector<ChannelBinding> channel_bindings_of(ssl_st* ssl) {
  std::vector<ChannelBinding> out;
  if (has_unique_secrets(ssl)) {
    if (auto data = exporter(ssl)) out.push_back({std::string(kTlsExporter), *std::move(data)});
    if (SSL_version(ssl) < TLS1_3_VERSION) out.push_back({"tls-unique", first_finished(ssl)});
  }
  if (auto data = server_end_point(ssl)) out.push_back({"tls-server-end-point", *std::move(data)});
  return out;
}

bool has_channel_bindings(ssl_st* ssl) {
  if (has_unique_secrets(ssl)) return true;
  const X509* certificate = SSL_get_certificate(ssl);
  return certificate != nullptr && end_point_hash(certificate) != nullptr;
}

}  // namespace roost::net
