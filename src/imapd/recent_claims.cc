#include "imapd/recent_claims.h"

#include <algorithm>

namespace roost::imapd {

Uid RecentClaims::unclaimed(AccountId account, MailboxId mailbox, Uid logged) const {
  std::lock_guard lock(mutex_);
  auto it = claimed_.find({account, mailbox});
  return it == claimed_.end() ? logged : std::max(it->second, logged);
}

Uid RecentClaims::claim(AccountId account, MailboxId mailbox, Uid logged, Uid next) {
  std::lock_guard lock(mutex_);
  auto it = claimed_.find({account, mailbox});
  Uid first = it == claimed_.end() ? logged : std::max(it->second, logged);
  if (next <= first) return first;
  claimed_.insert_or_assign({account, mailbox}, next);
  return first;
}

std::optional<Uid> RecentClaims::unlogged(AccountId account, MailboxId mailbox, Uid logged) const {
  std::lock_guard lock(mutex_);
  auto it = claimed_.find({account, mailbox});
  if (it == claimed_.end() || it->second <= logged) return std::nullopt;
  return it->second;
}

void RecentClaims::forget(AccountId account, MailboxId mailbox, Uid next) {
  std::lock_guard lock(mutex_);
  auto it = claimed_.find({account, mailbox});
  if (it != claimed_.end() && it->second <= next) claimed_.erase(it);
}

}  // namespace roost::imapd
