#include "net/socket.h"

#include <sys/socket.h>

#include <cerrno>

#include "rt/asio_loop.h"

namespace roost::net {
namespace {

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

Socket::Socket(rt::Loop& loop, FileDescriptor fd) : loop_(loop), descriptor_(rt::io_context_of(loop), fd.get()) {
  fd.release();
  descriptor_.non_blocking(true);
}

Step Socket::read(std::span<char> into) {
  ssize_t got = 0;
  do {
    got = ::recv(fd(), into.data(), into.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got > 0) return Step{Step::Kind::done, static_cast<size_t>(got)};
  return Step{got < 0 && would_block() ? Step::Kind::want_read : Step::Kind::closed};
}

Step Socket::write(BytesView data) {
  ssize_t sent = 0;
  do {
    sent = ::send(fd(), data.data(), data.size(), MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent >= 0) return Step{Step::Kind::done, static_cast<size_t>(sent)};
  return Step{would_block() ? Step::Kind::want_write : Step::Kind::closed};
}

void Socket::shut_down_sending() { ::shutdown(fd(), SHUT_WR); }
void Socket::shut_down() { ::shutdown(fd(), SHUT_RDWR); }

void Socket::close() {
  boost::system::error_code ignored;
  descriptor_.close(ignored);
}

void Socket::arm(Step::Kind want) {
  const bool reading = want == Step::Kind::want_read;
  bool& armed = reading ? read_armed_ : write_armed_;
  if (armed) return;
  armed = true;
  using Base = boost::asio::posix::descriptor_base;
  descriptor_.async_wait(reading ? Base::wait_read : Base::wait_write,
                         [self = shared_from_this(), want](const boost::system::error_code&) { self->ready(want); });
}

void Socket::ready(Step::Kind what) {
  (what == Step::Kind::want_read ? read_armed_ : write_armed_) = false;
  for (auto& place : places_) {
    if (place.want == what) place.parking.resume_now(Ready::readable);
  }
}

}  // namespace roost::net
