// The Stream on a socket, with what only its listener calls.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "net/compression.h"
#include "net/listener.h"
#include "net/live_streams.h"
#include "net/proxy_header.h"
#include "net/socket.h"
#include "net/stream.h"
#include "net/tls_layer.h"
#include "rt/link.h"

namespace roost::net {

// The link is for the listener's live connections on this loop.
class SocketStream final : public Stream, public rt::Link {
 public:
  SocketStream(rt::Loop& loop, FileDescriptor fd, Peer peer, StreamTimeouts timeouts, std::shared_ptr<TlsContext> tls);
  SocketStream(const SocketStream&) = delete;
  SocketStream& operator=(const SocketStream&) = delete;
  ~SocketStream() override;

  task<Result<size_t>> read(std::span<char> into) override;
  task<Ready> wait(std::optional<Millis> timeout) override;
  void wake() override;
  task<Result<>> write(BytesView data) override;
  void discard_input() override;
  task<Result<>> start_tls() override;
  Result<> start_deflate() override;
  void stop_deflate() override;
  const std::optional<TlsInfo>& tls() const override { return tls_info_; }
  bool deflated() const override { return deflate_ && !deflate_->end; }
  std::vector<ChannelBinding> channel_bindings() const override;
  const Peer& peer() const override { return peer_; }
  rt::Loop& loop() override { return *loop_; }
  void abort() override;
  task<> close() override;

  // Reads a PROXY header, and not an octet of what follows it. Before anything else.
  task<Result<ProxyHeader>> take_proxy_header(Millis timeout);
  void set_peer(Peer peer) { peer_ = std::move(peer); }
  // Is one of `live`, which `lease` keeps, until it is destroyed; the lease is released with it.
  void join(LiveStreams& live, std::shared_ptr<void> lease);

  // net/moving.h.
  task<> move_to(rt::Loop& loop);

 private:
  struct Deflate {
    Inflater inflater;
    Deflater deflater;
    std::string received;           // compressed, and not yet inflated
    std::optional<InflateEnd> end;  // of what is read, once it was told to stop; what is written has stopped
  };

  Step try_read(std::span<char> into);
  Step try_read_below(std::span<char> into);
  Step try_write(BytesView data);
  Step try_inflate(std::span<char> into);
  Step try_end_deflate(std::span<char> into);
  Step take_plain(std::span<char> into);
  Step take_ahead(std::span<char> into);
  task<Result<>> write_through(BytesView data);
  task<Result<>> write_deflated(BytesView data);
  task<bool> shake_hands(TimePoint deadline);
  task<> send_close_notify(TimePoint deadline);
  task<> await_end(TimePoint deadline);
  std::optional<Millis> left_until(TimePoint deadline) const;

  rt::Loop* loop_;
  std::shared_ptr<Socket> socket_;
  const StreamTimeouts timeouts_;
  std::shared_ptr<TlsContext> tls_context_;
  std::unique_ptr<TlsLayer> tls_;
  std::unique_ptr<Deflate> deflate_;
  std::optional<TlsInfo> tls_info_;
  Peer peer_;
  LiveStreams* live_ = nullptr;
  std::shared_ptr<void> lease_;

  std::string plain_;          // was read together with the end of DEFLATE
  std::optional<char> ahead_;  // an octet that wait() read to be sure that there is one
  uint8_t eager_ = 0;          // reads and writes that did not have to wait, in a row
  bool drained_ = false;       // the last read left the socket empty: ask for an event before trying again
  bool waiting_ = false;       // in wait(), which wake() ends, and not in read()
  bool woken_ = false;
  bool aborted_ = false;
};

}  // namespace roost::net
