#include "net/listener.h"

#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include "base/log.h"
#include "net/listening_socket.h"
#include "net/live_streams.h"
#include "net/socket_address.h"
#include "net/socket_stream.h"
#include "rt/asio_loop.h"

namespace roost::net {
namespace {

namespace asio = boost::asio;

// Connections taken in one go before the accepting loop does something else.
constexpr int kAcceptBatchMax = 64;
constexpr Millis kPauseMs{200};
constexpr Seconds kPauseLogSeconds{10};
constexpr Millis kDrainPollMs{16};
constexpr Millis kAbortMsMax{1000};

// What listener, accept event and connections share.
struct Shared {
  Shared(rt::Loops& l, ListenerConfig c, Serve s)
      : loops(l), config(std::move(c)), serve(std::move(s)), live(loops.size()) {}

  rt::Loops& loops;
  const ListenerConfig config;
  const Serve serve;
  LiveStreams live;
  std::atomic<size_t> connections = 0;
};

// A connection's places in the counts. Moves with it from the accepting loop to its own.
struct Lease {
  explicit Lease(std::shared_ptr<Shared> of) : shared(std::move(of)) { ++shared->connections; }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { --shared->connections; }

  const std::shared_ptr<Shared> shared;
  Admission::Ticket ticket;
};

struct Accepted {
  FileDescriptor fd;
  Peer peer;
  std::shared_ptr<Lease> lease;
  bool proxied = false;  // a PROXY header comes first, and admission after it
};

void fill_peer(const ListenerConfig& config, const Address& address, uint16_t port, Peer& peer) {
  peer.address = address.text();
  peer.port = port;
  peer.address_block = address.block_text();
  peer.loopback = address.loopback();
  peer.trusted = contains(config.trusted_networks, address);
}

Peer peer_of(const ListenerConfig& config, const SocketAddress& from, int fd) {
  Peer peer;
  if (const auto address = from.address()) {
    fill_peer(config, *address, from.port(), peer);
    return peer;
  }
  peer.address = "unix";
  peer.loopback = true;
  peer.trusted = true;
  ucred who{};
  socklen_t size = sizeof who;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0) peer.uid = who.uid;
  return peer;
}

// Whoever is over a limit is told so if that needs no waiting.
void refuse(const ListenerConfig& config, const Peer& peer, int fd) {
  log::info("connection_refused", {{"listener", config.name}, {"peer", peer.address}});
  if (config.implicit_tls || config.refusal.empty()) return;
  ::send(fd, config.refusal.data(), config.refusal.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

bool admit(Lease& lease, const ListenerConfig& config, const Peer& peer, int fd) {
  auto ticket = config.admission->admit(peer);
  if (!ticket) {
    refuse(config, peer, fd);
    return false;
  }
  lease.ticket = std::move(*ticket);
  return true;
}

// Null where the system has no place for one more event.
std::unique_ptr<SocketStream> make_stream(rt::Loop& loop, FileDescriptor fd, Peer peer,
                                          const ListenerConfig& config) try {
  return std::make_unique<SocketStream>(loop, std::move(fd), std::move(peer), config.timeouts, config.tls);
} catch (const std::exception& e) {
  log::warn("connection_dropped", {{"listener", config.name}, {"why", e.what()}});
  return nullptr;
}

// What the header says; the proxy itself where it speaks for itself. A client whose address the proxy does not tell
// keeps the proxy's address, but none of its privileges.
Peer proxied_peer(const ListenerConfig& config, const ProxyHeader& header, Peer peer) {
  if (header.local) return peer;
  peer.uid.reset();
  peer.loopback = peer.trusted = false;
  if (header.source) fill_peer(config, *header.source, header.source_port, peer);
  return peer;
}

task<bool> take_proxy_header(SocketStream& stream, const ListenerConfig& config) {
  const auto header = co_await stream.take_proxy_header(config.proxy_header_ms_max);
  if (!header) {
    log::warn("proxy_header_missing", {{"listener", config.name}, {"peer", stream.peer().address}});
    co_return false;
  }
  stream.set_peer(proxied_peer(config, *header, stream.peer()));
  co_return true;
}

task<bool> secure(SocketStream& stream, const ListenerConfig& config) {
  const auto secured = co_await stream.start_tls();
  if (!secured) log::debug("tls_handshake_failed", {{"listener", config.name}, {"peer", stream.peer().address}});
  co_return secured.has_value();
}

// The stream on the connection, ready to be served; null where that does not come about. Not inlined: the compiler
// would put its frame into its caller's, for as long as the connection lives.
[[gnu::noinline]] task<std::unique_ptr<Stream>> prepare(std::unique_ptr<Accepted> accepted) {
  const auto shared = accepted->lease->shared;
  const auto& config = shared->config;
  rt::Loop& loop = *rt::Loop::current();
  const int fd = accepted->fd.get();
  auto stream = make_stream(loop, std::move(accepted->fd), std::move(accepted->peer), config);
  if (!stream) co_return nullptr;
  stream->join(shared->live, accepted->lease);
  if (accepted->proxied) {
    const bool taken = co_await take_proxy_header(*stream, config);
    if (!taken || !admit(*accepted->lease, config, stream->peer(), fd)) co_return nullptr;
  }
  if (config.implicit_tls) {
    const bool secured = co_await secure(*stream, config);
    if (!secured) co_return nullptr;
  }
  co_return std::move(stream);
}

// One connection, from the loop that it was handed to; it may end on another (net/moving.h). What this frame holds is
// paid for by every idle client.
task<> serve_one(std::shared_ptr<Shared> shared, std::unique_ptr<Accepted> accepted) {
  rt::Loop& spawned_on = *rt::Loop::current();
  auto stream = co_await prepare(std::move(accepted));
  if (stream) co_await shared->serve(std::move(stream));
  co_await spawned_on.hop();
}

// The listening socket and its event. Belongs to the accepting loop; shared with the event that Asio holds.
class Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
  Acceptor(rt::Loop& loop, FileDescriptor fd, std::shared_ptr<Shared> shared)
      : loop_(loop), descriptor_(rt::io_context_of(loop), fd.get()), shared_(std::move(shared)) {
    fd.release();
  }
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;
  ~Acceptor() { stop(); }

  void wait() {
    if (stopped_) return;
    descriptor_.async_wait(asio::posix::descriptor_base::wait_read,
                           [self = shared_from_this()](const boost::system::error_code& error) {
                             if (!error) self->accept_batch();
                           });
  }

  // The file goes at once, and only once: it may soon be another process's.
  void stop() {
    if (std::exchange(stopped_, true)) return;
    const auto& path = shared_->config.endpoint.unix_path;
    if (!path.empty()) ::unlink(path.c_str());
    pause_.cancel();
    boost::system::error_code ignored;
    descriptor_.close(ignored);
  }

 private:
  void accept_batch() {
    for (int i = 0; i < kAcceptBatchMax && !stopped_; ++i) {
      SocketAddress from;
      from.size = sizeof from.storage;
      FileDescriptor fd(::accept4(descriptor_.native_handle(), from.get(), &from.size, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (fd) {
        hand_over(std::move(fd), from);
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        return pause(errno);
      } else if (errno == EAGAIN) {
        break;
      }  // else: this one connection was gone before it was taken
    }
    wait();
  }

  void hand_over(FileDescriptor fd, const SocketAddress& from) {
    const auto& config = shared_->config;
    Peer peer = peer_of(config, from, fd.get());
    auto lease = std::make_shared<Lease>(shared_);
    const bool proxied = config.proxy_header && peer.trusted;
    if (!proxied && !admit(*lease, config, peer, fd.get())) return;
    rt::Loop& target = shared_->loops.at(next_++ % shared_->loops.size());
    auto accepted = std::make_unique<Accepted>(std::move(fd), std::move(peer), std::move(lease), proxied);
    rt::spawn(target, serve_one(shared_, std::move(accepted)));
  }

  // The system is out of something. What waits stays in the backlog; trying at once would only spin.
  void pause(int error) {
    const auto now = loop_.clock().now();
    if (!logged_ || now - *logged_ >= kPauseLogSeconds) {
      logged_ = now;
      log::warn("accept_paused", {{"listener", shared_->config.name}, {"why", std::strerror(error)}});
    }
    pause_ = loop_.after(kPauseMs, [this] { wait(); });
  }

  rt::Loop& loop_;
  asio::posix::basic_stream_descriptor<asio::io_context::executor_type> descriptor_;
  const std::shared_ptr<Shared> shared_;
  rt::Timer pause_;
  std::optional<TimePoint> logged_;
  size_t next_ = 0;
  bool stopped_ = false;
};

class SocketListener final : public Listener {
 public:
  SocketListener(Endpoint endpoint, FileDescriptor fd, std::shared_ptr<Shared> shared)
      : endpoint_(std::move(endpoint)),
        shared_(std::move(shared)),
        acceptor_(std::make_shared<Acceptor>(loop(), std::move(fd), shared_)) {
    loop().post([acceptor = acceptor_] { acceptor->wait(); });
  }
  SocketListener(const SocketListener&) = delete;
  SocketListener& operator=(const SocketListener&) = delete;
  ~SocketListener() override = default;

  const Endpoint& endpoint() const override { return endpoint_; }
  size_t connections() const override { return shared_->connections; }

  void stop() override {
    loop().post([acceptor = acceptor_] { acceptor->stop(); });
  }

  void for_each(std::function<void(Stream&)> visit) override {
    for (size_t i = 0; i < shared_->loops.size(); ++i) {
      shared_->loops.at(i).post([shared = shared_, visit] { shared->live.visit_those_here(visit); });
    }
  }

  task<bool> drain(Millis grace) override {
    stop();
    if (co_await wait_until_none(grace)) co_return true;
    shared_->live.cut_off();
    for_each([](Stream& stream) { stream.abort(); });
    co_return co_await wait_until_none(kAbortMsMax);
  }

 private:
  rt::Loop& loop() { return shared_->loops.at(0); }

  task<bool> wait_until_none(Millis most) {
    rt::Loop& here = *rt::Loop::current();
    const auto deadline = here.clock().now() + most;
    while (connections() > 0) {
      if (here.clock().now() >= deadline) co_return false;
      co_await here.sleep(kDrainPollMs);
    }
    co_return true;
  }

  const Endpoint endpoint_;
  const std::shared_ptr<Shared> shared_;
  const std::shared_ptr<Acceptor> acceptor_;
};

}  // namespace

Result<std::unique_ptr<Listener>> make_listener(rt::Loops& loops, ListenerConfig config, Serve serve) {
  if (config.implicit_tls && !config.tls) return fault("implicit TLS needs a certificate");
  ROOST_TRY(auto bound, listen_on(config.endpoint, config.backlog, config.unix_mode));
  if (!config.admission) config.admission = make_admission({});
  auto shared = std::make_shared<Shared>(loops, std::move(config), std::move(serve));
  return std::make_unique<SocketListener>(std::move(bound.endpoint), std::move(bound.fd), std::move(shared));
}

}  // namespace roost::net
