#include "net/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace roost::net {
namespace {

constexpr std::array<uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};  // ::ffff:0:0/96
constexpr std::string_view kUnixPrefix = "unix:";
constexpr size_t kUnixPathBytesMax = 107;  // sockaddr_un's, less its NUL

int bits_of(const Address& address) { return address.v6 ? 128 : 32; }

// Only the first `bits` bits of `address`.
Address masked(Address address, int bits) {
  for (int i = 0; i < 16; ++i) {
    const int kept = std::clamp(bits - 8 * i, 0, 8);
    address.octets[static_cast<size_t>(i)] &= static_cast<uint8_t>(0xff00 >> kept);
  }
  return address;
}

template <class Number>
bool parse_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

Result<Endpoint> parse_unix_endpoint(std::string_view path) {
  if (path.empty() || path.size() > kUnixPathBytesMax || path.find('\0') != path.npos) {
    return bad("a Unix socket's path has 1 to " + std::to_string(kUnixPathBytesMax) + " octets");
  }
  Endpoint endpoint;
  endpoint.unix_path = path;
  return endpoint;
}

}  // namespace

bool Address::loopback() const {
  static constexpr std::array<uint8_t, 16> kLoopback6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return v6 ? octets == kLoopback6 : octets[0] == 127;
}

std::string Address::text() const {
  char out[INET6_ADDRSTRLEN];
  inet_ntop(v6 ? AF_INET6 : AF_INET, octets.data(), out, sizeof out);
  return out;
}

std::string Address::block_text() const {
  const int bits = v6 ? kIpv6BlockBits : kIpv4BlockBits;
  return masked(*this, bits).text() + "/" + std::to_string(bits);
}

Address make_address(std::span<const uint8_t> octets) {
  Address address;
  const bool mapped = octets.size() == 16 && std::ranges::equal(octets.first(12), kMappedPrefix);
  if (mapped) octets = octets.subspan(12);
  address.v6 = octets.size() == 16;
  std::ranges::copy(octets, address.octets.begin());
  return address;
}

Result<Address> parse_address(std::string_view text) {
  const std::string zero_ended(text);
  std::array<uint8_t, 16> octets{};
  if (zero_ended.find('\0') != zero_ended.npos) return bad("not an IP address");
  if (inet_pton(AF_INET, zero_ended.c_str(), octets.data()) == 1) return make_address(std::span(octets).first(4));
  if (inet_pton(AF_INET6, zero_ended.c_str(), octets.data()) == 1) return make_address(octets);
  return bad("not an IP address: \"" + zero_ended + "\"");
}

bool Network::contains(const Address& address) const {
  return address.v6 == base.v6 && masked(address, prefix_bits) == base;
}

std::string Network::text() const { return base.text() + "/" + std::to_string(prefix_bits); }

Result<Network> parse_network(std::string_view text) {
  const size_t slash = text.find('/');
  ROOST_TRY(const Address base, parse_address(text.substr(0, slash)));
  int bits = bits_of(base);
  if (slash != text.npos) {
    if (!parse_number(text.substr(slash + 1), bits) || bits < 0 || bits > bits_of(base)) {
      return bad("not a network prefix: \"" + std::string(text) + "\"");
    }
  }
  if (masked(base, bits) != base) return bad("a network with bits beyond its prefix: \"" + std::string(text) + "\"");
  return Network{base, static_cast<uint8_t>(bits)};
}

bool contains(std::span<const Network> networks, const Address& address) {
  return std::ranges::any_of(networks, [&](const Network& network) { return network.contains(address); });
}

std::string Endpoint::text() const {
  if (!unix_path.empty()) return std::string(kUnixPrefix) + unix_path;
  const std::string host = address.v6 ? "[" + address.text() + "]" : address.text();
  return host + ":" + std::to_string(port);
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  if (text.starts_with(kUnixPrefix)) return parse_unix_endpoint(text.substr(kUnixPrefix.size()));
  const size_t colon = text.rfind(':');
  Endpoint endpoint;
  if (colon == text.npos || !parse_number(text.substr(colon + 1), endpoint.port)) {
    return bad("expected ADDRESS:PORT, [IPV6]:PORT, *:PORT or unix:PATH, not \"" + std::string(text) + "\"");
  }
  std::string_view host = text.substr(0, colon);
  if (host == "*") host = "[::]";
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!bracketed && host.find(':') != host.npos)
    return bad("an IPv6 address goes in brackets: \"" + std::string(text) + "\"");
  ROOST_TRY(endpoint.address, parse_address(host));
  return endpoint;
}

}  // namespace roost::net
