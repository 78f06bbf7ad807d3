// The server's TLS: certificate and key, session tickets, and what is refused.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

struct ssl_st;

namespace roost::net {

// How long one ticket key encrypts; for as long again it still decrypts. Keys never leave the process.
inline constexpr Seconds kTicketKeySecondsMax{12 * 3600};

// Thread-safe. TLS 1.2 with forward secrecy and AEAD ciphers only, TLS 1.3, no renegotiation, no compression, no
// session cache; tickets instead.
class TlsContext {
 public:
  virtual ~TlsContext() = default;

  // Reads the files again. New connections get the new certificate; on an error the old one stays. From memory: does
  // nothing.
  virtual Result<> reload() = 0;

  // A new server-side SSL object, owned by the caller (SSL_free). For net/ only.
  virtual ssl_st* new_ssl() = 0;
};

// Which part of a client's certificate is the name to log in with.
enum class ClientNameField : uint8_t {
  email,        // the rfc822Name among its alternative names
  common_name,  // of its subject, as the next
  user_id,
};

// Whether clients are asked for certificates: not where `authorities_file` (tls_client_certificate.h) is empty.
struct ClientCertificates {
  std::filesystem::path authorities_file;
  ClientNameField name_field = ClientNameField::email;
};

// PEM files: the certificate followed by its chain, and the key.
Result<std::shared_ptr<TlsContext>> load_tls(std::filesystem::path certificate, std::filesystem::path key,
                                             ClientCertificates clients = {});
// The same from PEM texts.
Result<std::shared_ptr<TlsContext>> make_tls(BytesView certificate_pem, BytesView key_pem);

struct SelfSigned {
  std::string certificate_pem;
  std::string key_pem;
};

// EC P-256, for ten years, for "localhost", 127.0.0.1, ::1 and `host_name`.
Result<SelfSigned> make_self_signed(const std::string& host_name);

// The same into two files of mode 0600, the key first: each is durable, and whole, before the next thing is done.
// Code::already_exists where one is there: it is left as it is.
Result<> write_self_signed(const std::filesystem::path& certificate, const std::filesystem::path& key,
                           const std::string& host_name);

}  // namespace roost::net
