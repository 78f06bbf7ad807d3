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

// The mailbox that the detail names, if the account has one of that name to which mail may be posted (RFC 4314 2.1),
// else INBOX.
std::string mailbox_for(const mail::Snapshot& snapshot, const std::string& detail);

}  // namespace roost::lmtpd
