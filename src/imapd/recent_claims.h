// \Recent (RFC 3501 2.3.2): a message is recent in the first read-write session that is told of it, and in no other.
// Sessions of one process claim here, in memory; what was claimed is logged when a session leaves its mailbox. A crash
// in between makes messages recent a second time, which the RFC allows.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "accounts/accounts.h"
#include "base/ids.h"

namespace roost::imapd {

// Gives Mailbox::recent_uid of the newest snapshot. A snapshot that a session has held for a while will not do: what
// was logged since is forgotten here, and would be handed out again. So it is asked when the claims are locked.
using LoggedClaim = std::function<Uid()>;

LoggedClaim logged_claim(const accounts::Account& account, MailboxId mailbox);

// Thread-safe.
class RecentClaims {
 public:
  // The first uid that nobody claimed.
  Uid unclaimed(AccountId account, MailboxId mailbox, const LoggedClaim& logged) const;

  // Claims everything below `next` and gives the first uid that this caller got; `next` or more: nothing was left.
  Uid claim(AccountId account, MailboxId mailbox, const LoggedClaim& logged, Uid next);

  // The claim to log for this mailbox, if there is one above `logged`.
  std::optional<Uid> unlogged(AccountId account, MailboxId mailbox, Uid logged) const;
  // Everything below `next` is logged, and the newest snapshot shows it.
  void forget(AccountId account, MailboxId mailbox, Uid next);

 private:
  Uid first_unclaimed(AccountId account, MailboxId mailbox, const LoggedClaim& logged) const;

  mutable std::mutex mutex_;
  std::map<std::pair<AccountId, MailboxId>, Uid> claimed_;  // below it all is claimed
};

}  // namespace roost::imapd
