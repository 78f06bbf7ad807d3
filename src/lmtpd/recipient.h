// Whom an address means.
#pragma once

#include <optional>
#include <string>

#include "accounts/accounts.h"
#include "auth/authenticator.h"
#include "lmtpd/command.h"
#include "lmtpd/config.h"

namespace roost::lmtpd {

struct Recipient {
  Address address;     // as RCPT gave it
  std::string detail;  // what follows the delimiter; empty: none
  AccountId account;
};

// The user with the whole address as name, or, in a local domain, with the local part alone; in both cases without its
// detail, unless a user has it in the name. Nothing if there is no such user.
task<Result<std::optional<Recipient>>> find_recipient(auth::Authenticator& authenticator, const LmtpConfig& config,
                                                      Address address);

// Whether a message of so many octets (0: of which nothing is known) would find room by the account's quota: NO
// [OVERQUOTA] where it would not. An account that cannot be opened now is left to the delivery.
task<Result<>> check_room(accounts::Accounts& accounts, AccountId account, uint64_t size);

// The mailbox that the detail names, if the account has one of that name to which mail may be posted (RFC 4314 2.1),
// else INBOX.
std::string mailbox_for(const mail::Snapshot& snapshot, const std::string& detail);

}  // namespace roost::lmtpd
