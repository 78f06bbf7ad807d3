// roost check: what the store says of an account, against what can be worked out from its rows and its bodies.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "admin/verbs.h"

namespace roost::admin {

struct CheckReport {
  uint64_t mailboxes = 0;
  uint64_t messages = 0;
  uint64_t cards = 0;
  uint64_t bodies = 0;
  uint64_t body_bytes = 0;
  uint64_t retained = 0;              // bodies that no message needs any more, within the retention time
  uint64_t orphans = 0;               // bodies that nothing knows of, or that came while the account was checked
  std::vector<std::string> problems;  // one sentence each, without a full stop; at most kProblemsMax

  static constexpr size_t kProblemsMax = 1000;
  void problem(std::string what);
  void add(const CheckReport& other);
};

// Reads every row, every card and every octet of every body of one account, and makes every card again; may run while
// the account is in use.
task<CheckReport> check_account(Services& services, AccountId id);

}  // namespace roost::admin
