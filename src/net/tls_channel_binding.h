// What a TLS connection gives to bind authentication to.
#pragma once

#include <string_view>
#include <vector>

#include "net/stream.h"

struct ssl_st;

namespace roost::net {

inline constexpr std::string_view kTlsExporter = "tls-exporter";

// Once the handshake is done, on the server's side:
// - tls-exporter (RFC 9266), where the connection's secrets are unique to it: with TLS 1.3, or the extended master
//   secret (there is no renegotiation);
// - tls-unique (RFC 5929 3), before TLS 1.3 under the same condition: RFC 5802 6.1 makes it the default there;
// - tls-server-end-point (RFC 5929 4), where the certificate's signature has a single hash.
std::vector<ChannelBinding> channel_bindings_of(ssl_st* ssl);

// Whether that is any, for little.
bool has_channel_bindings(ssl_st* ssl);

}  // namespace roost::net
