// The socket pair between the server and its auth child: whole messages, in order.
#pragma once

#include <cstdint>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace roost::auth {

// Owns a descriptor.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept;
  ~Socket() { close(); }

  int fd() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

// Both close-on-exec, with buffers for the largest message.
Result<std::pair<Socket, Socket>> make_socket_pair();

enum class Sent : uint8_t { sent, would_block, gone };

// Waits for room, unless `wait` is false. gone: the other side is no more (or the message was impossible).
Sent send_message(int fd, BytesView message, bool wait);

enum class Received : uint8_t { message, would_block, gone };

// Into `buffer` (protocol::kMessageBytesMax octets; a message that was longer counts as gone), whose first `size`
// octets are the message.
Received receive_message(int fd, Bytes& buffer, size_t& size, bool wait);

}  // namespace roost::auth
