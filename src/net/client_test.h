// The other side of the tests: a blocking client, with TLS and DEFLATE when asked for, and loops to serve it.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <zlib.h>

#include <array>
#include <atomic>
#include <cstring>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "net/file_descriptor.h"
#include "net/listener.h"
#include "net/socket_address.h"
#include "rt/real.h"

namespace roost::net {

// Loops that run in the background until the end of a test.
class RunningLoops {
 public:
  explicit RunningLoops(size_t count = 1) : loops_(rt::make_loops(count)), thread_([this] { loops_->run(); }) {}
  RunningLoops(const RunningLoops&) = delete;
  RunningLoops& operator=(const RunningLoops&) = delete;
  ~RunningLoops() { stop(); }
  void stop() {
    if (!thread_.joinable()) return;
    loops_->stop();
    thread_.join();
  }
  rt::Loops& operator*() { return *loops_; }
  rt::Loop& at(size_t i) { return loops_->at(i); }

  // Runs `work` on loop 0.
  template <class T>
  std::future<T> start(task<T> work) {
    std::promise<T> promise;
    auto future = promise.get_future();
    rt::spawn(at(0), fulfil(std::move(work), std::move(promise)));
    return future;
  }
  template <class T>
  T wait(task<T> work) {
    return start(std::move(work)).get();
  }
  // Returns once loop 0 has run everything that was posted so far.
  void settle() {
    std::promise<void> promise;
    at(0).post([&promise] { promise.set_value(); });
    promise.get_future().get();
  }

 private:
  template <class T>
  static task<> fulfil(task<T> work, std::promise<T> promise) {
    promise.set_value(co_await std::move(work));
  }
  std::unique_ptr<rt::RealLoops> loops_;
  std::thread thread_;
};

class Client {
 public:
  explicit Client(const Endpoint& endpoint) {
    Endpoint to = endpoint;
    if (to.unix_path.empty() && to.address.text() == "::") to.address = parse_address("::1").value();
    const auto address = to_socket_address(to);
    fd_.reset(::socket(address.get()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    connected_ = ::connect(fd_.get(), address.get(), address.size) == 0;
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  explicit Client(FileDescriptor fd) : fd_(std::move(fd)), connected_(true) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() {
    if (ssl_ != nullptr) SSL_shutdown(ssl_);  // without it, OpenSSL forgets the session
    SSL_free(ssl_);
    SSL_CTX_free(ctx_);
    if (deflating_) {
      ::deflateEnd(&deflate_);
      ::inflateEnd(&inflate_);
    }
  }

  int fd() const { return fd_.get(); }
  bool connected() const { return connected_; }
  SSL* ssl() { return ssl_; }

  bool start_tls(int max_version = 0, SSL_SESSION* session = nullptr) {
    ctx_ = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_max_proto_version(ctx_, max_version);
    SSL_CTX_set_security_level(ctx_, 0);
    ssl_ = SSL_new(ctx_);
    SSL_set_fd(ssl_, fd_.get());
    if (session != nullptr) SSL_set_session(ssl_, session);
    return SSL_connect(ssl_) == 1;
  }

  void start_deflate() {
    deflating_ = true;
    ::deflateInit2(&deflate_, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    ::inflateInit2(&inflate_, -15);
  }

  void send(std::string data) {
    if (deflating_) data = deflated(data);
    while (!data.empty()) {
      const auto sent = ssl_ != nullptr ? SSL_write(ssl_, data.data(), static_cast<int>(data.size()))
                                        : ::send(fd_.get(), data.data(), data.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      data.erase(0, static_cast<size_t>(sent));
    }
  }

  // At least `size` octets, or less at the end of the stream.
  std::string receive(size_t size) {
    while (received_.size() < size && receive_some()) {
    }
    const size_t own = std::min(size, received_.size());
    std::string out = received_.substr(0, own);
    received_.erase(0, own);
    return out;
  }
  std::string receive_all() {
    while (receive_some()) {
    }
    return std::exchange(received_, {});
  }

  std::string deflated(const std::string& data) {
    std::string out(data.size() + 256, '\0');
    deflate_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
    deflate_.avail_in = static_cast<uInt>(data.size());
    deflate_.next_out = reinterpret_cast<Bytef*>(out.data());
    deflate_.avail_out = static_cast<uInt>(out.size());
    ::deflate(&deflate_, Z_SYNC_FLUSH);
    out.resize(out.size() - deflate_.avail_out);
    return out;
  }

 private:
  bool receive_some() {
    std::array<char, 16384> buffer;
    const auto got = ssl_ != nullptr ? SSL_read(ssl_, buffer.data(), buffer.size())
                                     : ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    if (!deflating_) {
      received_.append(buffer.data(), static_cast<size_t>(got));
      return true;
    }
    inflate_.next_in = reinterpret_cast<Bytef*>(buffer.data());
    inflate_.avail_in = static_cast<uInt>(got);
    do {
      std::array<char, 16384> out;
      inflate_.next_out = reinterpret_cast<Bytef*>(out.data());
      inflate_.avail_out = out.size();
      if (const int result = ::inflate(&inflate_, Z_SYNC_FLUSH); result != Z_OK && result != Z_BUF_ERROR) return false;
      received_.append(out.data(), out.size() - inflate_.avail_out);
    } while (inflate_.avail_out == 0);
    return true;
  }

  FileDescriptor fd_;
  bool connected_ = false;
  SSL_CTX* ctx_ = nullptr;
  SSL* ssl_ = nullptr;
  bool deflating_ = false;
  z_stream deflate_{};
  z_stream inflate_{};
  std::string received_;
};

// A server's end on loop 0, and a client's.
struct SocketPair {
  std::unique_ptr<Stream> server;
  std::unique_ptr<Client> client;
};

inline SocketPair make_pair_of_sockets(rt::Loop& loop, StreamTimeouts timeouts = {},
                                       std::shared_ptr<TlsContext> tls = nullptr) {
  int fds[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
  return {adopt_socket(loop, fds[0], Peer{.address = "unix"}, timeouts, std::move(tls)),
          std::make_unique<Client>(FileDescriptor(fds[1]))};
}

inline std::shared_ptr<TlsContext> test_tls() {
  static const auto made = make_self_signed("mail.example.org").value();
  return make_tls(made.certificate_pem, made.key_pem).value();
}

}  // namespace roost::net
