#include "connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>

namespace bench {
namespace {

constexpr size_t kReadBytes = 256 * 1024;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

SSL_CTX* tls_client() {
  static SSL_CTX* context = [] {
    SSL_CTX* c = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(c, SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    return c;
  }();
  return context;
}

}  // namespace

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Connection::Connection(const Target& target) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0) fail("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(target.port);
  inet_pton(AF_INET, target.host.c_str(), &address.sin_addr);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail("connect");
  int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (target.tls) {
    ssl_ = SSL_new(tls_client());
    SSL_set_fd(ssl_, fd_);
    if (SSL_connect(ssl_) != 1) throw std::runtime_error("TLS handshake");
  }
  ::fcntl(fd_, F_SETFL, O_NONBLOCK);
}

Connection::~Connection() {
  if (ssl_ != nullptr) SSL_free(ssl_);
  if (fd_ >= 0) ::close(fd_);
}

void Connection::send(std::string_view data) {
  out_ += data;
  flush();
}

void Connection::flush() {
  while (sent_ < out_.size()) {
    ssize_t n = 0;
    if (ssl_ != nullptr) {
      n = SSL_write(ssl_, out_.data() + sent_, static_cast<int>(std::min<size_t>(out_.size() - sent_, 1 << 20)));
      if (n <= 0) return;
    } else {
      n = ::send(fd_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
      if (n < 0 && errno == EAGAIN) return;
      if (n <= 0) fail("send");
    }
    sent_ += static_cast<size_t>(n);
  }
  out_.clear();
  sent_ = 0;
}

bool Connection::fill(bool block) {
  in_.erase(0, used_);
  used_ = 0;
  size_t before = in_.size();
  for (;;) {
    in_.resize(before + kReadBytes);
    ssize_t n = ssl_ != nullptr ? SSL_read(ssl_, in_.data() + before, static_cast<int>(kReadBytes))
                                : ::recv(fd_, in_.data() + before, kReadBytes, 0);
    in_.resize(before + static_cast<size_t>(std::max<ssize_t>(n, 0)));
    if (n > 0) return true;
    bool again =
        ssl_ != nullptr ? SSL_get_error(ssl_, static_cast<int>(n)) == SSL_ERROR_WANT_READ : n < 0 && errno == EAGAIN;
    if (!again && closing_ && !block) return false;
    if (!again) throw std::runtime_error("the server closed the connection");
    if (!block) return false;
    pollfd p{fd_, static_cast<short>(POLLIN | (wants_write() ? POLLOUT : 0)), 0};
    ::poll(&p, 1, -1);
    if ((p.revents & POLLOUT) != 0) flush();
  }
}

// Octets of the whole response at the front, 0 while it is not all there.
size_t Connection::response_size() const {
  size_t at = used_;
  for (;;) {
    size_t end = in_.find('\n', at);
    if (end == std::string::npos) return 0;
    size_t open = end >= 2 && in_[end - 2] == '}' ? in_.rfind('{', end) : std::string::npos;
    if (open == std::string::npos || open < at) return end + 1 - used_;
    uint64_t literal = 0;
    for (size_t i = open + 1; i < end - 2 && in_[i] >= '0' && in_[i] <= '9'; ++i) {
      literal = literal * 10 + static_cast<uint64_t>(in_[i] - '0');
    }
    at = end + 1 + literal;
    if (at > in_.size()) return 0;
  }
}

std::string Connection::read_response() {
  for (;;) {
    if (size_t size = response_size(); size > 0) {
      std::string response = in_.substr(used_, size);
      used_ += size;
      return response;
    }
    fill(true);
  }
}

std::string Connection::run(std::string_view command) {
  send("r " + std::string(command) + "\r\n");
  std::string all;
  for (;;) {
    std::string response = read_response();
    all += response;
    if (response.starts_with("r ")) {
      if (!response.starts_with("r OK")) throw std::runtime_error(std::string(command.substr(0, 60)) + ": " + response);
      return all;
    }
  }
}

void Connection::readable() {
  while (fill(false)) {
    for (size_t size = 0; (size = response_size()) > 0;) {
      std::string_view response(in_.data() + used_, size);
      used_ += size;
      handler_(response);
    }
  }
}

EventLoop::EventLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}
EventLoop::~EventLoop() { ::close(epoll_); }

void EventLoop::add(Connection& connection) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLET;
  event.data.ptr = &connection;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd(), &event) != 0) fail("epoll_ctl");
}

void EventLoop::run_until(const std::function<bool()>& done) {
  std::vector<epoll_event> events(256);
  while (!done()) {
    int n = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
    for (int i = 0; i < n; ++i) {
      auto& connection = *static_cast<Connection*>(events[static_cast<size_t>(i)].data.ptr);
      if ((events[static_cast<size_t>(i)].events & EPOLLOUT) != 0) connection.writable();
      if ((events[static_cast<size_t>(i)].events & ~static_cast<uint32_t>(EPOLLOUT)) != 0) connection.readable();
    }
  }
}

}  // namespace bench
