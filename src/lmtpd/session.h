// One LMTP connection (RFC 2033), with PIPELINING, 8BITMIME, SMTPUTF8, CHUNKING, ENHANCEDSTATUSCODES and SIZE.
#pragma once

#include <atomic>
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

// Shared by all sessions on all loops; must outlive them.
struct Services {
  Services(LmtpConfig c, accounts::Accounts& a, auth::Authenticator& who, const Clock& when)
      : config(std::move(c)), accounts(a), authenticator(who), clock(when) {}

  const LmtpConfig config;
  accounts::Accounts& accounts;
  auth::Authenticator& authenticator;
  const Clock& clock;
  // Set it, then wake every stream (Listener::for_each): each session says 421 before its next command. A message that
  // is on its way is received and answered first.
  std::atomic<bool> stopping{false};
};

// Until the client leaves, stays silent for too long, or misbehaves too often. `services` outlives it.
task<> serve(std::unique_ptr<net::Stream> stream, Services& services);

}  // namespace roost::lmtpd
