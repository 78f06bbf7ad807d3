#include "net/tls_layer.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <utility>

#include "net/tls_channel_binding.h"
#include "net/tls_client_certificate.h"

namespace roost::net {

void TlsLayer::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }

TlsLayer::TlsLayer(ssl_st* ssl, int fd) : ssl_(ssl) {
  failed_ = SSL_set_fd(ssl, fd) != 1;
  SSL_set_accept_state(ssl);
}

// The error queue belongs to the thread, not to the connection: what another connection left there would be taken for
// this one's, so each operation begins with an empty one.
Step TlsLayer::step(int result, size_t bytes) {
  if (result > 0) return Step{Step::Kind::done, bytes};
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: return Step{Step::Kind::want_read};
    case SSL_ERROR_WANT_WRITE: return Step{Step::Kind::want_write};
    case SSL_ERROR_ZERO_RETURN: return Step{Step::Kind::closed};  // close_notify; ours may still be sent
    default: failed_ = true; return Step{Step::Kind::closed};
  }
}

Step TlsLayer::handshake() {
  if (failed_) return Step{Step::Kind::closed};
  ERR_clear_error();
  return step(SSL_accept(ssl_.get()), 0);
}

Step TlsLayer::read(std::span<char> into) {
  if (failed_) return Step{Step::Kind::closed};
  ERR_clear_error();
  size_t bytes = 0;
  const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
  return step(result, bytes);
}

// TLS 1.3: the session ticket goes with the first data that is written, not right after the handshake, where it would
// meet the client's first command: a client that reads and writes in two threads (offlineimap after STARTTLS) then has
// OpenSSL work on a handshake message and on data at the same time, and loses its command once in 300 connections.
void TlsLayer::announce_ticket() {
  if (ticket_announced_) return;
  ticket_announced_ = true;
  if (SSL_version(ssl_.get()) >= TLS1_3_VERSION) SSL_new_session_ticket(ssl_.get());
}

Step TlsLayer::write(BytesView data) {
  if (failed_) return Step{Step::Kind::closed};
  ERR_clear_error();
  announce_ticket();
  size_t bytes = 0;
  const int result = SSL_write_ex(ssl_.get(), data.data(), data.size(), &bytes);
  return step(result, bytes);
}

Step TlsLayer::shut_down() {
  if (failed_ || !SSL_is_init_finished(ssl_.get())) return Step{Step::Kind::closed};
  ERR_clear_error();
  const int result = SSL_shutdown(ssl_.get());
  if (result >= 0) return Step{};  // sent; whether the peer has sent its own does not matter
  return step(result, 0);
}

bool TlsLayer::holds_bytes() const { return SSL_has_pending(ssl_.get()) == 1; }

TlsInfo TlsLayer::info() const {
  return TlsInfo{SSL_get_version(ssl_.get()), SSL_get_cipher_name(ssl_.get()), has_channel_bindings(ssl_.get()),
                 client_name_of(ssl_.get())};
}

std::vector<ChannelBinding> TlsLayer::channel_bindings() const {
  std::vector<ChannelBinding> out = channel_bindings_of(ssl_.get());
  if (std::exchange(exporter_given_, true)) std::erase_if(out, [](auto& one) { return one.type == kTlsExporter; });
  return out;
}

}  // namespace roost::net
