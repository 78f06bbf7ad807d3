// One AUTHENTICATE exchange, from the mechanism's name to a Login: the only thing a protocol's session needs to know
// about SASL. The session does the base64, the "*" that cancels, and the timeout.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/authenticator.h"

namespace roost::auth {

struct Challenge {
  Bytes data;
};

class Exchange {
 public:
  virtual ~Exchange() = default;

  // The first call's response is the initial one (RFC 4959), or nullopt if the client sent none; the empty initial
  // response "=" is an empty string. After a Login or an error the exchange is over. A refused authorization identity
  // is authorization_failed, and comes only after the password was found right.
  virtual task<Result<std::variant<Challenge, Login>>> step(std::optional<Bytes> response) = 0;
};

// The SASL names to announce, strongest first. With `clear` (no TLS, and not on loopback) only what shows no password.
std::vector<std::string_view> mechanisms(const Policy& policy, bool clear);

// `mechanism` in any case. Null where it is unknown or the policy does not allow it. `authenticator` must outlive it.
std::unique_ptr<Exchange> start_exchange(Authenticator& authenticator, std::string_view mechanism, Origin origin,
                                         ChannelBinding binding = {});

}  // namespace roost::auth
