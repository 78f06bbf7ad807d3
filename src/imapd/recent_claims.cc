#include "imapd/recent_claims.h"

#include <algorithm>

namespace roost::imapd {

LoggedClaim logged_claim(const accounts::Account& account, MailboxId mailbox) {
  return [&account, mailbox] {
    mail::SnapshotPtr newest = account.snapshot();
    auto found = newest->find(mailbox);
    return found ? found->recent_uid() : Uid();
  };
}

Uid RecentClaims::first_unclaimed(AccountId account, MailboxId mailbox, const LoggedClaim& logged) const {
  auto it = claimed_.find({account, mailbox});
  return it == claimed_.end() ? logged() : std::max(it->second, logged());
}

Uid RecentClaims::unclaimed(AccountId account, MailboxId mailbox, const LoggedClaim& logged) const {
  std::lock_guard lock(mutex_);
  return first_unclaimed(account, mailbox, logged);
}

Uid RecentClaims::claim(AccountId account, MailboxId mailbox, const LoggedClaim& logged, Uid next) {
  std::lock_guard lock(mutex_);
  Uid first = first_unclaimed(account, mailbox, logged);
  if (next > first) claimed_.insert_or_assign({account, mailbox}, next);
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
