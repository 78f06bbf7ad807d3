// Notices that a client has gone while a long command is at work for it, so that the work can stop.
#pragma once

#include <memory>

#include "accounts/ordering.h"
#include "accounts/search.h"
#include "rt/event.h"
#include "rt/task.h"

namespace roost::imapd {

class Session;

// While it lives, only it waits for and reads from the stream, one buffer at most; what it read the session finds in
// its input. Call end() and wait for it, whatever became of the command, before this is destroyed.
class DisconnectWatch {
 public:
  explicit DisconnectWatch(Session& session);
  DisconnectWatch(const DisconnectWatch&) = delete;
  DisconnectWatch& operator=(const DisconnectWatch&) = delete;

  // Cancelled once the client is gone.
  const std::shared_ptr<accounts::Errand>& errand() const { return errand_; }
  task<> end();

 private:
  task<> watch();

  Session& session_;
  std::shared_ptr<accounts::Errand> errand_ = std::make_shared<accounts::Errand>();
  rt::Event ended_;
  bool ending_ = false;
};

// SEARCH, until it has an answer or nobody waits for it any more (Error::closed).
task<Result<search::Matches>> search_while_connected(Session& session, mail::SnapshotPtr snapshot, search::Query query);
// Likewise puts `uids` in order. `ordering` must outlive it.
task<Result<>> order_while_connected(Session& session, mail::SnapshotPtr snapshot, UidSet uids,
                                     search::Ordering& ordering);

}  // namespace roost::imapd
