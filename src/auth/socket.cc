#include "auth/socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "auth/protocol.h"

namespace roost::auth {

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this == &other) return *this;
  close();
  fd_ = std::exchange(other.fd_, -1);
  return *this;
}

void Socket::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<std::pair<Socket, Socket>> make_socket_pair() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0) {
    return fault("socketpair: " + std::generic_category().message(errno), Code::unavailable);
  }
  std::pair<Socket, Socket> out(Socket{fds[0]}, Socket{fds[1]});
  constexpr int kBufferBytes =
      2 * static_cast<int>(protocol::kMessageBytesMax);  // the system allows less, or this much
  for (int fd : fds) ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kBufferBytes, sizeof kBufferBytes);
  return out;
}

Sent send_message(int fd, BytesView message, bool wait) {
  for (;;) {
    ssize_t n = ::send(fd, message.data(), message.size(), MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
    if (n >= 0) return Sent::sent;
    if (errno == EINTR) continue;
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? Sent::would_block : Sent::gone;
  }
}

Received receive_message(int fd, Bytes& buffer, size_t& size, bool wait) {
  buffer.resize(protocol::kMessageBytesMax);
  for (;;) {
    ssize_t n = ::recv(fd, buffer.data(), buffer.size(), MSG_TRUNC | (wait ? 0 : MSG_DONTWAIT));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? Received::would_block : Received::gone;
    size = static_cast<size_t>(n);
    return n == 0 || size > buffer.size() ? Received::gone : Received::message;
  }
}

}  // namespace roost::auth
