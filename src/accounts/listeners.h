// Who wants to be told of an account's changes. A change costs one notification to each loop on which somebody listens,
// however many do.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "accounts/accounts.h"
#include "base/ids.h"
#include "mail/change.h"
#include "rt/loop.h"

namespace roost::accounts {

class Listeners : public std::enable_shared_from_this<Listeners> {
 public:
  explicit Listeners(rt::Loops& loops);
  ~Listeners();

  // On `loop`. `shown` is the position of the snapshot after registering: changes up to it are not told.
  Subscription add(rt::Loop& loop, MailboxId mailbox, Listener* listener, const std::function<Position()>& shown);

  // From any thread, after snapshot() shows the changes.
  void tell(std::vector<mail::Change> changes);

 private:
  struct Entry {
    Listener* listener;  // null once it has gone, while its loop is being told
    Position shown;
    uint64_t number;
  };
  // What listens on one loop. All but `count` belongs to that loop's thread.
  struct Slot {
    std::atomic<size_t> count{0};
    std::unordered_map<MailboxId, std::vector<Entry>> by_mailbox;
    uint64_t next_number = 1;
    int telling = 0;         // calls of dispatch() that are under way
    bool left_gone = false;  // entries of those who left meanwhile wait to be removed
  };
  class Registered;

  void remove(size_t slot, MailboxId mailbox, uint64_t number);
  static void dispatch(Slot& slot, const std::vector<mail::Change>& changes);
  static void tell_those(Slot& slot, MailboxId mailbox, const mail::Change& change);
  static void sweep(Slot& slot);

  rt::Loops& loops_;
  std::vector<Slot> slots_;
};

}  // namespace roost::accounts
