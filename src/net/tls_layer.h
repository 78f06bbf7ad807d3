// One connection's TLS: OpenSSL on a non-blocking socket.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "net/step.h"
#include "net/stream.h"

struct ssl_st;

namespace roost::net {

// Belongs to its stream's loop. Each call is one attempt; a write that was not done must be tried again with the same
// bytes (which may have moved).
class TlsLayer {
 public:
  // Owns `ssl`; uses `fd` without owning it.
  TlsLayer(ssl_st* ssl, int fd);

  Step handshake();
  Step read(std::span<char> into);
  Step write(BytesView data);
  // Sends close_notify.
  Step shut_down();

  // Bytes that came from the socket and were not read: maybe only half a record.
  bool holds_bytes() const;
  // Both once the handshake is done.
  TlsInfo info() const;
  // tls-exporter the first time only: it may bind one exchange of a connection, whether that succeeds or not
  // (RFC 9266 4.1).
  std::vector<ChannelBinding> channel_bindings() const;

 private:
  struct Free {
    void operator()(ssl_st* ssl) const;
  };

  Step step(int result, size_t bytes);
  void announce_ticket();

  std::unique_ptr<ssl_st, Free> ssl_;
  bool ticket_announced_ = false;
  mutable bool exporter_given_ = false;
  bool failed_ = false;  // OpenSSL forbids every further call but the destructor's
};

}  // namespace roost::net
