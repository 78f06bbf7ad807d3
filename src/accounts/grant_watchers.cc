#include "accounts/grant_watchers.h"

#include <utility>

namespace roost::accounts {

class GrantWatchers::Registered final : public Subscription::Registration {
 public:
  Registered(std::shared_ptr<GrantWatchers> watchers, Entries::iterator at) : watchers_(std::move(watchers)), at_(at) {}
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;
  ~Registered() override {
    at_->second->gone = true;
    std::lock_guard lock(watchers_->mutex_);
    watchers_->entries_.erase(at_);
  }

 private:
  const std::shared_ptr<GrantWatchers> watchers_;
  const Entries::iterator at_;
};

Subscription GrantWatchers::add(rt::Loop& loop, std::string identifier, std::function<void()> settled) {
  auto entry = std::make_shared<Entry>(Entry{loop, std::move(settled)});
  std::lock_guard lock(mutex_);
  auto at = entries_.emplace(std::move(identifier), std::move(entry));
  return Subscription(std::make_unique<Registered>(shared_from_this(), at));
}

void GrantWatchers::tell(const std::string& identifier) {
  std::lock_guard lock(mutex_);
  auto [begin, end] = entries_.equal_range(identifier);
  for (auto at = begin; at != end; ++at) {
    std::shared_ptr<Entry> entry = at->second;
    entry->loop.post([entry] {
      if (!entry->gone) entry->settled();
    });
  }
}

}  // namespace roost::accounts
