#include "admin/control_client.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace roost::admin {
namespace {

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }

  bool send_all(BytesView data) const {
    while (!data.empty()) {
      ssize_t n = ::send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      data.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }

  std::optional<Bytes> receive(size_t size) const {
    Bytes out(size, '\0');
    for (size_t at = 0; at < size;) {
      ssize_t n = ::recv(fd_, out.data() + at, size - at, 0);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return std::nullopt;
      at += static_cast<size_t>(n);
    }
    return out;
  }

  int fd() const { return fd_; }

 private:
  int fd_;
};

bool nobody_listens(int error) { return error == ENOENT || error == ECONNREFUSED; }

Result<int> copy_answer(const Socket& socket) {
  for (;;) {
    auto head = socket.receive(4);
    if (!head) return no(Code::unavailable, "The server went away before it had answered");
    uint32_t size = Decoder(*head).u32();
    if (size > kFrameBytesMax) return fault("control answer: too large");
    auto rest = socket.receive(size);
    if (!rest) return no(Code::unavailable, "The server went away before it had answered");
    ROOST_TRY(Frame frame, decode_frame(*rest));
    if (frame.kind == Frame::Kind::exit_status) return static_cast<uint8_t>(frame.data[0]);
    std::FILE* to = frame.kind == Frame::Kind::standard_output ? stdout : stderr;
    std::fwrite(frame.data.data(), 1, frame.data.size(), to);
    std::fflush(to);
  }
}

}  // namespace

Result<std::optional<int>> send_request(const std::string& socket_path, const Request& request) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof address.sun_path) return no(Code::cannot, "The control socket's path is too long");
  std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size() + 1);
  Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.fd() < 0) return fault(std::string("socket: ") + std::strerror(errno));
  if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (nobody_listens(errno)) return std::optional<int>();
    return no(Code::cannot, "The control socket " + socket_path + ": " + std::strerror(errno));
  }
  Bytes message;
  Bytes encoded = encode_request(request);
  Encoder(message).u32(static_cast<uint32_t>(encoded.size()));
  message += encoded;
  if (!socket.send_all(message)) return no(Code::unavailable, "The server went away");
  ROOST_TRY(int status, copy_answer(socket));
  return std::optional<int>(status);
}

}  // namespace roost::admin
