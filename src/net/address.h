// Addresses, the networks they are in, and the blocks by which connections are counted and logins throttled.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct sockaddr;

namespace roost::net {

inline constexpr int kIpv4BlockBits = 24;
inline constexpr int kIpv6BlockBits = 56;

// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address (::ffff:a.b.c.d) is the IPv4 address.
struct Address {
  std::array<uint8_t, 16> octets{};  // IPv4: the first four
  bool v6 = false;

  bool loopback() const;           // 127.0.0.0/8 or ::1
  std::string text() const;        // "192.0.2.7", "2001:db8::1"
  std::string block_text() const;  // "192.0.2.0/24", "2001:db8:0:100::/56"

  friend bool operator==(const Address&, const Address&) = default;
};

Address make_address(std::span<const uint8_t> octets);  // 4 or 16 of them
Result<Address> parse_address(std::string_view text);

// A CIDR network: "10.0.0.0/8", "2001:db8::/32", or one address. Bits beyond the prefix must be zero.
struct Network {
  Address base;
  uint8_t prefix_bits = 0;

  bool contains(const Address& address) const;
  std::string text() const;
};

Result<Network> parse_network(std::string_view text);
bool contains(std::span<const Network> networks, const Address& address);

// Where to listen: "127.0.0.1:1143", "[::1]:1143", "*:143" (every IPv4 and IPv6 address) or "unix:/run/roost/lmtp".
struct Endpoint {
  Address address;
  uint16_t port = 0;      // 0: the system chooses
  std::string unix_path;  // not empty: a Unix socket, and nothing else counts

  std::string text() const;
};

Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace roost::net
