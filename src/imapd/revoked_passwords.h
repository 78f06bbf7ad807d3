// App passwords that were removed while the server runs: whoever logged in with one of them is sent away.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>

namespace roost::imapd {

// By id (auth::Login::app_password_id). Thread-safe; asked before every wait of a session.
class RevokedPasswords {
 public:
  void add(uint64_t id) {
    std::lock_guard lock(mutex_);
    ids_.insert(id);
    any_ = true;
  }
  bool contains(uint64_t id) const {
    if (!any_) return false;
    std::lock_guard lock(mutex_);
    return ids_.contains(id);
  }

 private:
  std::atomic<bool> any_{false};
  mutable std::mutex mutex_;
  std::set<uint64_t> ids_;
};

}  // namespace roost::imapd
