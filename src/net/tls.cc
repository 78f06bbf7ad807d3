#include "net/tls.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

#include "net/openssl_ptr.h"
#include "net/ticket_keys.h"
#include "net/tls_client_certificate.h"

namespace roost::net {
namespace {

using SslCtx = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;

constexpr size_t kPemBytesMax = 1024 * 1024;
constexpr char kCiphersTls12[] = "ECDHE+AESGCM:ECDHE+CHACHA20:!PSK:!aNULL";
constexpr char kCiphersTls13[] = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr char kGroups[] = "X25519:P-256:P-384";
constexpr unsigned char kSessionContext[] = "roost";

Fail openssl_fault(std::string what) {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  if (reason != nullptr) what += std::string(": ") + reason;
  return fault(std::move(what));
}

// OpenSSL must not ask for a passphrase on the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

BioPtr reader_of(BytesView text) { return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

// --- Tickets ---

int ticket_keys_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, [](void*, void* keys, auto...) {
    delete static_cast<std::shared_ptr<TicketKeys>*>(keys);
  });
  return index;
}

bool set_ticket_mac(EVP_MAC_CTX* mac, TicketKeys::Key& key) {
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac_key.data(), key.mac_key.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

constexpr int kTicketError = -1;
constexpr int kTicketUnknown = 0;  // a full handshake follows
constexpr int kTicketGood = 1;
constexpr int kTicketRenew = 2;

int encrypt_ticket(TicketKeys& keys, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) {
  auto key = keys.current();
  if (!key || RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return kTicketError;
  std::memcpy(name, key->name.data(), key->name.size());
  const bool ready = EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher_key.data(), iv) == 1;
  return ready && set_ticket_mac(mac, *key) ? kTicketGood : kTicketError;
}

// A TLS 1.3 client uses each ticket once (RFC 8446 C.4), so it always gets a new one.
int decrypt_ticket(TicketKeys& keys, const SSL* ssl, const unsigned char* name, const unsigned char* iv,
                   EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) {
  auto found = keys.find(std::span<const uint8_t, TicketKeys::kNameBytes>(name, TicketKeys::kNameBytes));
  if (!found) return kTicketUnknown;
  const bool ready = EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, found->key.cipher_key.data(), iv) == 1;
  if (!ready || !set_ticket_mac(mac, found->key)) return kTicketError;
  return found->current && SSL_version(ssl) < TLS1_3_VERSION ? kTicketGood : kTicketRenew;
}

int handle_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                  int encrypt) {
  void* data = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), ticket_keys_index());
  auto& keys = **static_cast<std::shared_ptr<TicketKeys>*>(data);
  if (encrypt == 1) return encrypt_ticket(keys, name, iv, cipher, mac);
  return decrypt_ticket(keys, ssl, name, iv, cipher, mac);
}

Result<> use_tickets(SSL_CTX* ctx, std::shared_ptr<TicketKeys> keys) {
  auto owned = std::make_unique<std::shared_ptr<TicketKeys>>(std::move(keys));
  if (SSL_CTX_set_ex_data(ctx, ticket_keys_index(), owned.get()) != 1) return openssl_fault("TLS tickets");
  owned.release();
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_session_id_context(ctx, kSessionContext, sizeof kSessionContext - 1);
  SSL_CTX_set_timeout(ctx, kTicketKeySecondsMax.count());
  SSL_CTX_set_num_tickets(ctx, 0);  // after the handshake; TlsLayer sends one with the first data
  SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, handle_ticket);
  return {};
}

// --- Certificate and key ---

Result<> use_certificates(SSL_CTX* ctx, BytesView pem) {
  auto reader = reader_of(pem);
  const X509Ptr own(PEM_read_bio_X509_AUX(reader.get(), nullptr, no_passphrase, nullptr));
  if (!own || SSL_CTX_use_certificate(ctx, own.get()) != 1) return openssl_fault("no certificate in PEM");
  while (X509Ptr next{PEM_read_bio_X509(reader.get(), nullptr, no_passphrase, nullptr)}) {
    if (SSL_CTX_add1_chain_cert(ctx, next.get()) != 1) return openssl_fault("the certificate's chain");
  }
  const auto last = ERR_peek_last_error();
  ERR_clear_error();
  if (ERR_GET_REASON(last) != PEM_R_NO_START_LINE) return fault("the certificate's chain is damaged");
  return {};
}

Result<> use_key(SSL_CTX* ctx, BytesView pem) {
  const KeyPtr key(PEM_read_bio_PrivateKey(reader_of(pem).get(), nullptr, no_passphrase, nullptr));
  if (!key) return openssl_fault("no private key in PEM, or it is encrypted");
  if (SSL_CTX_use_PrivateKey(ctx, key.get()) != 1 || SSL_CTX_check_private_key(ctx) != 1) {
    return openssl_fault("the private key is not the certificate's");
  }
  return {};
}

Result<> choose_protocol(SSL_CTX* ctx) {
  const bool chosen = SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
                      SSL_CTX_set_cipher_list(ctx, kCiphersTls12) == 1 &&
                      SSL_CTX_set_ciphersuites(ctx, kCiphersTls13) == 1 && SSL_CTX_set1_groups_list(ctx, kGroups) == 1;
  if (!chosen) return openssl_fault("TLS protocol options");
  SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                               SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(ctx, 1);
  return {};
}

Result<SslCtx> make_ctx(BytesView certificate_pem, BytesView key_pem, std::shared_ptr<TicketKeys> keys) {
  ERR_clear_error();
  SslCtx ctx(SSL_CTX_new(TLS_server_method()));
  if (!ctx) return openssl_fault("TLS");
  ROOST_TRY_VOID(choose_protocol(ctx.get()));
  ROOST_TRY_VOID(use_tickets(ctx.get(), std::move(keys)));
  ROOST_TRY_VOID(use_certificates(ctx.get(), certificate_pem));
  ROOST_TRY_VOID(use_key(ctx.get(), key_pem));
  return ctx;
}

Result<std::string> read_pem(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return fault(path.string() + ": " + error.message());
  if (size > kPemBytesMax) return fault(path.string() + ": too large for a PEM file");
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) return fault(path.string() + ": cannot be read");
  return text;
}

struct Files {
  std::filesystem::path certificate;
  std::filesystem::path key;
  ClientCertificates clients;
};

class OpensslContext final : public TlsContext {
 public:
  explicit OpensslContext(std::optional<Files> files) : files_(std::move(files)) {}

  Result<> reload() override {
    if (!files_) return {};
    ROOST_TRY(const auto certificate, read_pem(files_->certificate));
    ROOST_TRY(const auto key, read_pem(files_->key));
    if (files_->clients.authorities_file.empty()) return use(certificate, key, std::nullopt);
    ROOST_TRY(const auto authorities, read_pem(files_->clients.authorities_file));
    return use(certificate, key, authorities);
  }

  Result<> use(BytesView certificate_pem, BytesView key_pem, std::optional<BytesView> authorities_pem) {
    ROOST_TRY(auto ctx, make_ctx(certificate_pem, key_pem, keys_));
    if (authorities_pem) {
      ROOST_TRY_VOID(ask_for_client_certificates(ctx.get(), *authorities_pem, files_->clients.name_field));
    }
    std::lock_guard lock(mutex_);
    std::swap(ctx_, ctx);
    return {};
  }

  ssl_st* new_ssl() override {
    std::lock_guard lock(mutex_);
    return SSL_new(ctx_.get());
  }

 private:
  const std::optional<Files> files_;
  const std::shared_ptr<TicketKeys> keys_ = std::make_shared<TicketKeys>(system_clock());
  std::mutex mutex_;  // for ctx_, which each SSL keeps alive for itself
  SslCtx ctx_;
};

}  // namespace

Result<std::shared_ptr<TlsContext>> load_tls(std::filesystem::path certificate, std::filesystem::path key,
                                             ClientCertificates clients) {
  auto context = std::make_shared<OpensslContext>(Files{std::move(certificate), std::move(key), std::move(clients)});
  ROOST_TRY_VOID(context->reload());
  return context;
}

Result<std::shared_ptr<TlsContext>> make_tls(BytesView certificate_pem, BytesView key_pem) {
  auto context = std::make_shared<OpensslContext>(std::nullopt);
  ROOST_TRY_VOID(context->use(certificate_pem, key_pem, std::nullopt));
  return context;
}

}  // namespace roost::net
