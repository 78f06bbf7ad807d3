// One LMTP connection (RFC 2033), with PIPELINING, 8BITMIME, SMTPUTF8, CHUNKING, ENHANCEDSTATUSCODES and SIZE.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "accounts/accounts.h"
#include "auth/authenticator.h"
#include "lmtpd/command.h"
#include "lmtpd/config.h"
#include "lmtpd/delivery.h"
#include "net/stream.h"

namespace roost::lmtpd {

struct Services {
  accounts::Accounts& accounts;
  auth::Authenticator& authenticator;
  const Clock& clock;
  LmtpConfig config;
};

// Until the client leaves, stays silent for too long, or misbehaves too often. `services` outlives it.
task<> serve(std::unique_ptr<net::Stream> stream, Services& services);

}  // namespace roost::lmtpd
