// One of the account's turns to search (AccountsConfig::searches_per_account_max).
#pragma once

#include <memory>

#include "accounts/open_account.h"

namespace roost::accounts {

// After begin_search(): gives the turn back, whichever way the work ends.
class SearchTurn {
 public:
  explicit SearchTurn(std::shared_ptr<OpenAccount> account) : account_(std::move(account)) {}
  SearchTurn(const SearchTurn&) = delete;
  SearchTurn& operator=(const SearchTurn&) = delete;
  ~SearchTurn() { account_->end_search(); }

 private:
  std::shared_ptr<OpenAccount> account_;
};

}  // namespace roost::accounts
