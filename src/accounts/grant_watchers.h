// Who wants to know when something was granted to a user, or to everybody: accounts that nobody followed before.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "accounts/accounts.h"
#include "rt/loop.h"

namespace roost::accounts {

class GrantWatchers : public std::enable_shared_from_this<GrantWatchers> {
 public:
  // On `loop`, where `settled` is called and where the subscription ends.
  Subscription add(rt::Loop& loop, std::string identifier, std::function<void()> settled);
  // From any thread.
  void tell(const std::string& identifier);

 private:
  struct Entry {
    rt::Loop& loop;
    std::function<void()> settled;
    bool gone = false;  // the loop's
  };
  using Entries = std::multimap<std::string, std::shared_ptr<Entry>>;
  class Registered;

  std::mutex mutex_;  // guards the rest
  Entries entries_;
};

}  // namespace roost::accounts
