// The PROXY protocol, versions 1 and 2 (HAProxy's proxy-protocol.txt): who the client of a proxy really is. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>

#include "base/bytes.h"
#include "net/address.h"

namespace roost::net {

// Version 1 ends within 107 octets. Version 2 may carry TLVs, which are skipped: at most this many octets in all.
inline constexpr size_t kProxyHeaderBytesMax = 16 + 4096;

struct ProxyHeader {
  size_t bytes = 0;               // of the header itself: what follows is the connection
  bool local = false;             // the proxy speaks for itself (LOCAL: a health check)
  std::optional<Address> source;  // none: LOCAL, UNKNOWN or a family that is not IP
  uint16_t source_port = 0;
};

enum class ProxyHeaderError : uint8_t { incomplete, malformed };

// Parses the header that `in` begins with. `incomplete` never comes with kProxyHeaderBytesMax octets or more.
std::expected<ProxyHeader, ProxyHeaderError> parse_proxy_header(BytesView in);

}  // namespace roost::net
