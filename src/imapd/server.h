// The IMAP server: what all its sessions share, and the one function that serves a connection.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "accounts/accounts.h"
#include "auth/authenticator.h"
#include "base/result.h"
#include "imapd/config.h"
#include "imapd/memory_budget.h"
#include "imapd/recent_claims.h"
#include "imapd/revoked_passwords.h"
#include "net/stream.h"
#include "rt/task.h"

namespace roost::imapd {

// For `roost status`. Thread-safe.
struct SessionStats {
  std::atomic<uint64_t> connections{0};  // now
  std::atomic<uint64_t> logged_in{0};    // now
  std::atomic<uint64_t> idling{0};       // now
  std::atomic<uint64_t> connections_total{0};
  std::atomic<uint64_t> commands_total{0};
  std::atomic<uint64_t> bad_commands_total{0};
  std::atomic<uint64_t> logins_total{0};
  std::atomic<uint64_t> failed_logins_total{0};
};

// Shared by all sessions on all loops; must outlive them.
struct Services {
  Services(ImapdConfig c, accounts::Accounts& a, auth::Authenticator& who)
      : config(std::move(c)), accounts(a), authenticator(who), memory(config.held_bytes_max) {}

  const ImapdConfig config;
  accounts::Accounts& accounts;
  auth::Authenticator& authenticator;

  MemoryBudget memory;
  RecentClaims recent_claims;
  SessionStats stats;
  // Add to it, then wake every stream.
  RevokedPasswords revoked_passwords;
  // Set it, then wake every stream (Listener::for_each): each session says BYE once its command is done.
  std::atomic<bool> stopping{false};
};

// Whether the features fit together and the configuration makes sense. Call before the first serve().
Result<> check_imapd(const ImapdConfig& config);

// Speaks IMAP on `stream` until either side ends it. Runs on the stream's loop.
task<> serve(std::unique_ptr<net::Stream> stream, Services& services);

}  // namespace roost::imapd
