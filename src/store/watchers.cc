#include "store/watchers.h"

#include <algorithm>

namespace roost::store {

// Waits for a call that is running on another thread: afterwards nothing of the watcher's is touched any more.
void Watchers::Entry::end() {
  std::lock_guard lock(running);
  callback = nullptr;
}

class Watchers::Handle : public Watch::Registration {
 public:
  Handle(std::weak_ptr<Table> table, AccountId account, std::shared_ptr<Entry> entry)
      : table_(std::move(table)), account_(account), entry_(std::move(entry)) {}

  ~Handle() override {
    if (auto table = table_.lock()) {
      std::lock_guard lock(table->mutex);
      if (auto it = table->entries.find(account_); it != table->entries.end()) {
        std::erase(it->second, entry_);
        if (it->second.empty()) table->entries.erase(it);
      }
    }
    entry_->end();
  }

 private:
  std::weak_ptr<Table> table_;
  AccountId account_;
  std::shared_ptr<Entry> entry_;
};

Watch Watchers::add(AccountId account, const void* node, WatchCallback callback) {
  auto entry = std::make_shared<Entry>();
  entry->callback = std::move(callback);
  entry->node = node;
  std::lock_guard lock(table_->mutex);
  table_->entries[account].push_back(entry);
  return Watch(std::make_unique<Handle>(table_, account, std::move(entry)));
}

void Watchers::notify(AccountId account, Position position) const {
  std::vector<std::shared_ptr<Entry>> called;
  {
    std::lock_guard lock(table_->mutex);
    auto it = table_->entries.find(account);
    if (it == table_->entries.end()) return;
    called = it->second;
  }
  for (const auto& entry : called) {
    std::lock_guard lock(entry->running);
    // A copy, because the callback may end its own watch.
    if (auto callback = entry->callback) callback(position);
  }
}

void Watchers::forget(const void* node) {
  std::vector<std::shared_ptr<Entry>> ended;
  {
    std::lock_guard lock(table_->mutex);
    for (auto& [account, entries] : table_->entries) {
      for (const auto& entry : entries) {
        if (entry->node == node) ended.push_back(entry);
      }
      std::erase_if(entries, [node](const auto& entry) { return entry->node == node; });
    }
    std::erase_if(table_->entries, [](const auto& item) { return item.second.empty(); });
  }
  for (const auto& entry : ended) entry->end();
}

}  // namespace roost::store
