// What clients of OAUTHBEARER (RFC 7628) and XOAUTH2 send, and what they are told when it is refused. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "sasl/secret.h"

namespace roost::sasl {

inline constexpr size_t kOauthMessageBytesMax = 16 * 1024;  // decoded; tokens of several kilobytes are usual

struct OauthRequest {
  std::string name;  // whom the client says it is; empty where it does not
  Secret token;      // empty: the client only asks what it would need (RFC 7628 4.3)
};

// RFC 7628 3.1: gs2-header kvsep *kvpair kvsep, of whose pairs "auth" must be "Bearer" and a token. Nullopt for what is
// malformed, for other kinds of tokens, and for a wish to bind to the channel.
std::optional<OauthRequest> parse_oauth_bearer(BytesView message);

// Google's: "user=" name ^A "auth=Bearer " token ^A ^A.
std::optional<OauthRequest> parse_xoauth2(BytesView message);

// RFC 7628 3.2.2, in JSON. `scope` and `discovery_url` (either may be empty) are printable ASCII without '"' and '\\'.
Bytes write_oauth_refusal(std::string_view scope, std::string_view discovery_url);

}  // namespace roost::sasl
