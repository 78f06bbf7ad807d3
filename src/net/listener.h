// Accepts connections on one address and hands them to the loops in turn.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/address.h"
#include "net/admission.h"
#include "net/stream.h"
#include "net/tls.h"
#include "rt/loop.h"

namespace roost::net {

struct StreamTimeouts {
  Millis write_ms_max{60'000};      // without the peer taking a single octet
  Millis handshake_ms_max{20'000};  // TLS
};

struct ListenerConfig {
  std::string name;  // for the log: "imap", "lmtp"
  Endpoint endpoint;
  int backlog = 1024;
  uint32_t unix_mode = 0660;  // of a Unix socket's file

  std::shared_ptr<Admission> admission;  // shared between listeners; null: this listener counts alone, default limits
  std::vector<Network> trusted_networks;
  std::string refusal;  // sent, best effort, to a connection over a limit before it is closed; not under implicit TLS

  std::shared_ptr<TlsContext> tls;  // null: start_tls() fails
  bool implicit_tls = false;
  // Peers in trusted_networks (and on Unix sockets) begin with a PROXY header, version 1 or 2; others are direct.
  bool proxy_header = false;
  Millis proxy_header_ms_max{5'000};
  StreamTimeouts timeouts;
};

// Serves one connection, on the loop that it was handed to until it moves (net/moving.h); owns the stream, and destroys
// it on the loop that it is on.
using Serve = std::function<task<>(std::unique_ptr<Stream>)>;

// Thread-safe. Destroy it, and every stream, before its loops are destroyed: after they have stopped, or once drain()
// has returned.
class Listener {
 public:
  virtual ~Listener() = default;

  // What it listens on, with the port that the system chose.
  virtual const Endpoint& endpoint() const = 0;
  // Live connections, those in a handshake included.
  virtual size_t connections() const = 0;

  // Accepts no more.
  virtual void stop() = 0;
  // Calls `visit` for each live connection, on that connection's loop, soon. One that moves just then may be passed
  // over, and sees what was written before the call when it has arrived.
  virtual void for_each(std::function<void(Stream&)> visit) = 0;
  // stop(); waits until all connections have ended, but at most `grace`; then aborts the rest and waits a second more.
  // Awaited on one of the loops. False: some are still there.
  virtual task<bool> drain(Millis grace) = 0;
};

// Binds and listens at once (so that privileges can be dropped afterwards); accepts as soon as the loops run. A stale
// Unix socket file is replaced.
Result<std::unique_ptr<Listener>> make_listener(rt::Loops& loops, ListenerConfig config, Serve serve);

// A stream on a connected, stream-oriented socket, which it owns and makes non-blocking; for loops of the real runtime.
std::unique_ptr<Stream> adopt_socket(rt::Loop& loop, int fd, Peer peer, StreamTimeouts timeouts = {},
                                     std::shared_ptr<TlsContext> tls = nullptr);

}  // namespace roost::net
