#include "net/socket_address.h"

#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>
#include <span>

namespace roost::net {
namespace {

// The storage holds one of several structures: copied, not cast, in and out.
template <class T>
T as(const sockaddr_storage& storage) {
  T out;
  std::memcpy(&out, &storage, sizeof out);
  return out;
}

template <class T>
SocketAddress from(const T& in, size_t size = sizeof(T)) {
  SocketAddress out;
  std::memcpy(&out.storage, &in, sizeof in);
  out.size = static_cast<socklen_t>(size);
  return out;
}

}  // namespace

std::optional<Address> SocketAddress::address() const {
  if (storage.ss_family == AF_INET) {
    const auto v4 = as<sockaddr_in>(storage);
    return make_address(std::span(reinterpret_cast<const uint8_t*>(&v4.sin_addr), 4));
  }
  if (storage.ss_family == AF_INET6) {
    const auto v6 = as<sockaddr_in6>(storage);
    return make_address(std::span(reinterpret_cast<const uint8_t*>(&v6.sin6_addr), 16));
  }
  return std::nullopt;
}

uint16_t SocketAddress::port() const {
  if (storage.ss_family == AF_INET) return ntohs(as<sockaddr_in>(storage).sin_port);
  if (storage.ss_family == AF_INET6) return ntohs(as<sockaddr_in6>(storage).sin6_port);
  return 0;
}

SocketAddress to_socket_address(const Endpoint& endpoint) {
  if (!endpoint.unix_path.empty()) {
    sockaddr_un out{.sun_family = AF_UNIX, .sun_path = {}};
    endpoint.unix_path.copy(out.sun_path, sizeof out.sun_path - 1);
    return from(out, offsetof(sockaddr_un, sun_path) + endpoint.unix_path.size() + 1);
  }
  if (endpoint.address.v6) {
    sockaddr_in6 out{};
    out.sin6_family = AF_INET6;
    out.sin6_port = htons(endpoint.port);
    std::memcpy(&out.sin6_addr, endpoint.address.octets.data(), 16);
    return from(out);
  }
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(endpoint.port);
  std::memcpy(&out.sin_addr, endpoint.address.octets.data(), 4);
  return from(out);
}

}  // namespace roost::net
