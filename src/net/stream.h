// One connection: bytes in, bytes out, over TCP or a Unix socket, with TLS and DEFLATE put on while it is open.
// Belongs to one loop; at most one read (or wait) and one write at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "rt/loop.h"

namespace roost::net {

// Where a connection comes from. With a trusted PROXY header, what the header says.
struct Peer {
  std::string address;  // "192.0.2.7", "2001:db8::1", or "unix"
  uint16_t port = 0;
  std::string address_block;    // the /24 or /56 that limits count by, e.g. "192.0.2.0/24"
  bool loopback = false;        // 127.0.0.0/8, ::1 or a Unix socket: clear-text logins are allowed
  bool trusted = false;         // in trusted_networks: not limited per address block
  std::optional<uint32_t> uid;  // of the process at the other end of a Unix socket (SO_PEERCRED)
};

struct TlsInfo {
  std::string version;  // "TLSv1.3"
  std::string cipher;
  bool binds = false;       // Stream::channel_bindings() gives something
  std::string client_name;  // from a client certificate that was verified; empty where there is none, or no name in it
};

// What authentication can bind to (RFC 5056).
struct ChannelBinding {
  std::string type;
  Bytes data;
};

enum class Ready : uint8_t { readable, timed_out, woken, closed };

class Stream {
 public:
  virtual ~Stream() = default;

  // At least one octet, or Error::closed at the end of input or after abort().
  virtual task<Result<size_t>> read(std::span<char> into) = 0;

  // Parks until bytes can be read, `timeout` passes, or wake() is called. Holds no buffers meanwhile: this is where
  // 100,000 idle clients wait. Bytes already decrypted or inflated count as readable. After `readable` the next read()
  // does not park, even where the peer sent half a TLS record: it gives bytes, or Error::closed at the end of input.
  virtual task<Ready> wait(std::optional<Millis> timeout) = 0;

  // Ends a wait() on this stream's loop with `woken`; not lost if no wait is pending. This loop's thread only.
  virtual void wake() = 0;

  // Everything, or an error: waits for a slow reader as long as the write timeout that the listener set.
  virtual task<Result<>> write(BytesView data) = 0;

  // Throws away all that has arrived and was not read. RFC 9051 6.2.1: call it before the OK that answers STARTTLS is
  // written (afterwards it might eat the handshake's first bytes), and drop what your own framer holds as well.
  virtual void discard_input() = 0;
  // STARTTLS: the server's side of the handshake, within the listener's handshake timeout. What this stream itself
  // holds in clear is thrown away; the caller drops its framer's bytes. Error::closed when the handshake fails: the
  // stream is then aborted.
  virtual task<Result<>> start_tls() = 0;
  // COMPRESS=DEFLATE (RFC 4978) on all that follows, in both directions.
  virtual Result<> start_deflate() = 0;
  // And no more of it, in both directions, from the end of what was read and written so far (RFC 8437 4.1). Nothing
  // where it is not on.
  virtual void stop_deflate() = 0;

  virtual const std::optional<TlsInfo>& tls() const = 0;
  virtual bool deflated() const = 0;
  // All that this connection's TLS gives: tls-exporter (RFC 9266), tls-unique before TLS 1.3, tls-server-end-point
  // (RFC 5929). Empty without TLS.
  virtual std::vector<ChannelBinding> channel_bindings() const { return {}; }
  virtual const Peer& peer() const = 0;
  virtual rt::Loop& loop() = 0;

  // Ends pending and later reads, waits and writes with Error::closed. This loop's thread only.
  virtual void abort() = 0;
  // close_notify, FIN; best effort within a second.
  virtual task<> close() = 0;
};

}  // namespace roost::net
