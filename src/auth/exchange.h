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

// What of a connection decides which mechanisms it can use.
struct Channel {
  bool clear = false;        // no TLS, and not on loopback
  bool binds = false;        // TLS that something can be bound to
  bool certificate = false;  // of the client, verified, with a name in it
};

// The SASL names to announce, strongest first: in clear only what shows no password.
std::vector<std::string_view> mechanisms(const Policy& policy, const Channel& channel);

// What an exchange knows of its connection.
struct Circumstances {
  Origin origin;
  std::vector<ChannelBinding> bindings;  // all that TLS gives, also for mechanisms that do not bind
  std::string certificate_name;          // empty where EXTERNAL was not announced
  std::string host_name;                 // of this server, for CRAM-MD5's challenge
  std::string token_scope;               // what a client whose token is refused is told (RFC 7628 3.2.2)
  std::string discovery_url;
};

// `mechanism` in any case. Null where it is unknown or the policy does not allow it. `authenticator` must outlive it.
std::unique_ptr<Exchange> start_exchange(Authenticator& authenticator, std::string_view mechanism,
                                         Circumstances circumstances);

}  // namespace roost::auth
