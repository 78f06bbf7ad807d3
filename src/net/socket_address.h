// The system's form of an address.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>

#include "net/address.h"

namespace roost::net {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }

  // None for a Unix socket.
  std::optional<Address> address() const;
  uint16_t port() const;
};

SocketAddress to_socket_address(const Endpoint& endpoint);

}  // namespace roost::net
