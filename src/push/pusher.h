// Wakes devices when mail arrives in a mailbox that they registered: a thread of its own takes notices to Apple's push
// service. Nothing waits for it, and what is pending when the process ends is lost: a push is a hint, no more.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "accounts/accounts.h"
#include "accounts/observer.h"
#include "base/clock.h"
#include "push/apns.h"
#include "push/notices.h"
#include "push/registration.h"
#include "rt/event.h"
#include "rt/loop.h"

namespace roost::push {

struct PusherConfig {
  ApnsConfig apns;
  RegistrationLimits limits;
  size_t notices_max = 10'000;  // in memory; more are forgotten
};

class Pusher final : public accounts::Observer {
 public:
  // All must outlive it; so must it the accounts' work, or stop() has been called.
  Pusher(PusherConfig config, accounts::Accounts& accounts, rt::Loops& loops, const Clock& clock);
  Pusher(const Pusher&) = delete;
  Pusher& operator=(const Pusher&) = delete;
  ~Pusher() override;

  void changed(AccountId account, const mail::Snapshot& snapshot, const std::vector<mail::Change>& changes) override;

  // On loop 0, before the accounts stop: nothing is pushed any more.
  task<> stop();

 private:
  void end_thread();
  void serve();
  std::vector<Notice> wait_for_notices();
  void settle(Notice notice, const Answer& answer);
  void note_reachable(const std::vector<Answer>& answers);
  void forget(Notice notice, std::optional<int64_t> gone_ms);
  task<> remove(Notice notice, std::optional<int64_t> gone_ms);

  const PusherConfig config_;
  accounts::Accounts& accounts_;
  rt::Loop& loop_;
  const Clock& clock_;
  Apns apns_;
  bool reachable_ = true;  // the thread's

  std::atomic<int> removing_{0};  // coroutines on loop_
  rt::Event removed_;             // loop_'s: none is left

  std::mutex mutex_;  // guards the rest
  std::condition_variable changed_;
  Notices notices_;
  uint64_t forgotten_ = 0;  // for which there was no room, since the last time there was
  bool stopping_ = false;

  std::jthread thread_;
};

}  // namespace roost::push
