#include "net/listening_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "net/socket_address.h"

namespace roost::net {
namespace {

constexpr int kKeepaliveIdleSeconds = 300;
constexpr int kKeepaliveIntervalSeconds = 30;
constexpr int kKeepaliveProbes = 4;

Fail failed(const Endpoint& endpoint, const char* what) {
  return fault("cannot listen on " + endpoint.text() + ": " + what + ": " + std::strerror(errno));
}

void set(int fd, int level, int option, int value) { ::setsockopt(fd, level, option, &value, sizeof value); }

void set_tcp_options(int fd, bool v6) {
  set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (v6) set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);  // "*" takes IPv4 as well
  set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(fd, IPPROTO_TCP, TCP_KEEPIDLE, kKeepaliveIdleSeconds);
  set(fd, IPPROTO_TCP, TCP_KEEPINTVL, kKeepaliveIntervalSeconds);
  set(fd, IPPROTO_TCP, TCP_KEEPCNT, kKeepaliveProbes);
}

Result<FileDescriptor> open_socket(const Endpoint& endpoint, int family) {
  FileDescriptor fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return failed(endpoint, "socket");
  return fd;
}

Result<> clear_stale_file(const Endpoint& endpoint, const SocketAddress& address) {
  struct stat info{};
  if (::lstat(endpoint.unix_path.c_str(), &info) != 0) return {};
  if (!S_ISSOCK(info.st_mode)) return fault(endpoint.text() + ": there is a file that is no socket");
  ROOST_TRY(const auto probe, open_socket(endpoint, AF_UNIX));
  const bool answered = ::connect(probe.get(), address.get(), address.size) == 0 || errno == EAGAIN;
  if (answered) return fault(endpoint.text() + ": somebody listens there already");
  if (::unlink(endpoint.unix_path.c_str()) != 0) return failed(endpoint, "unlink");
  return {};
}

Result<Bound> listen_unix(const Endpoint& endpoint, int backlog, uint32_t mode) {
  const auto address = to_socket_address(endpoint);
  ROOST_TRY_VOID(clear_stale_file(endpoint, address));
  ROOST_TRY(auto fd, open_socket(endpoint, AF_UNIX));
  if (::fchmod(fd.get(), 0600) != 0) return failed(endpoint, "fchmod");  // nobody else's before it has its mode
  if (::bind(fd.get(), address.get(), address.size) != 0) return failed(endpoint, "bind");
  if (::chmod(endpoint.unix_path.c_str(), mode) != 0) return failed(endpoint, "chmod");
  if (::listen(fd.get(), backlog) != 0) return failed(endpoint, "listen");
  return Bound{std::move(fd), endpoint};
}

Result<Bound> listen_tcp(const Endpoint& endpoint, int backlog) {
  ROOST_TRY(auto fd, open_socket(endpoint, endpoint.address.v6 ? AF_INET6 : AF_INET));
  set_tcp_options(fd.get(), endpoint.address.v6);
  const auto address = to_socket_address(endpoint);
  if (::bind(fd.get(), address.get(), address.size) != 0) return failed(endpoint, "bind");
  if (::listen(fd.get(), backlog) != 0) return failed(endpoint, "listen");
  SocketAddress bound;
  bound.size = sizeof bound.storage;
  if (::getsockname(fd.get(), bound.get(), &bound.size) != 0) return failed(endpoint, "getsockname");
  Endpoint actual = endpoint;
  actual.port = bound.port();
  return Bound{std::move(fd), actual};
}

}  // namespace

Result<Bound> listen_on(const Endpoint& endpoint, int backlog, uint32_t unix_mode) {
  if (!endpoint.unix_path.empty()) return listen_unix(endpoint, backlog, unix_mode);
  return listen_tcp(endpoint, backlog);
}

}  // namespace roost::net
