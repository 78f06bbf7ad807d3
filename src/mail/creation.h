// Effects that create mailboxes, with ids from the account's counters. Inside mail/ only.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mail/planning.h"

namespace roost::mail {

// Null: there is none.
const MailboxState* find_mailbox(const AccountState& state, std::string_view name);

// The nearest of the names above `name` that is there, or a \Noselect one of that name itself; null: none.
const MailboxState* nearest_mailbox(const AccountState& state, std::string_view name);

class Creation {
 public:
  // What `heeds_quota` is held to the account's limit of mailboxes (RFC 9208).
  explicit Creation(Planning& planning, bool heeds_quota = true);

  // The superiors of `name` must be there, or be made before.
  Result<Created> create(std::string name, std::vector<std::string> special_use);
  Result<> create_superiors(std::string_view name);
  // Ids for a mailbox that another effect makes.
  Result<Created> take();

 private:
  Planning& planning_;
  MailboxId id_;
  uint32_t uidvalidity_;
  bool heeds_quota_;
  std::set<std::string> made_;
};

}  // namespace roost::mail
