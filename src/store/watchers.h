// Who wants to hear that an account's log has grown: one registry per database, shared by its nodes.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "store/store.h"

namespace roost::store {

// Thread-safe. Watches may outlive the registry. A callback may end any watch, its own included.
class Watchers {
 public:
  // `node` is whoever registers; notify() can leave a node out, and forget() drops all of its watches.
  Watch add(AccountId account, const void* node, WatchCallback callback);
  // Calls back everyone who watches `account`, on the caller's thread.
  void notify(AccountId account, Position position) const;
  void forget(const void* node);

 private:
  struct Entry {
    std::recursive_mutex running;
    WatchCallback callback;  // guarded by `running`; empty once ended
    const void* node = nullptr;

    void end();
  };
  struct Table {
    std::mutex mutex;
    std::unordered_map<AccountId, std::vector<std::shared_ptr<Entry>>> entries;  // guarded by mutex
  };
  class Handle;

  std::shared_ptr<Table> table_ = std::make_shared<Table>();
};

}  // namespace roost::store
