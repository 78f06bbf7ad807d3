// \Recent (RFC 3501 2.3.2): a message is recent in the first read-write session that is told of it, and in no other.
// Sessions of one process claim here, in memory; what was claimed is logged when a session leaves its mailbox. A crash
// in between makes messages recent a second time, which the RFC allows.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "base/ids.h"

namespace roost::imapd {

// Thread-safe.
class RecentClaims {
 public:
  // The first uid that nobody claimed: `logged` is Mailbox::recent_uid of the newest snapshot.
  Uid unclaimed(AccountId account, MailboxId mailbox, Uid logged) const;

  // Claims everything below `next` and gives the first uid that this caller got; `next` or more: nothing was left.
  Uid claim(AccountId account, MailboxId mailbox, Uid logged, Uid next);

  // The claim to log for this mailbox, if there is one above `logged`.
  std::optional<Uid> unlogged(AccountId account, MailboxId mailbox, Uid logged) const;
  // Everything below `next` is logged.
  void forget(AccountId account, MailboxId mailbox, Uid next);

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<AccountId, MailboxId>, Uid> claimed_;  // below it all is claimed
};

}  // namespace roost::imapd
