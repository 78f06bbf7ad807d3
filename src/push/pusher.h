// Wakes devices when mail arrives in a mailbox that they registered: a thread of its own takes notices to Apple's push
// service. Nothing waits for it but the end of the process, and that not for long: a push is a hint, no more. Each node
// that has an account open pushes what arrives there, also by way of another node: a device may be woken twice.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
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
  Millis flush_ms_max{3'000};   // at the end, for what waits and was never tried
};

class Pusher final : public accounts::Observer {
 public:
  // All must outlive it; so must it the accounts' work, or stop() has been called.
  Pusher(PusherConfig config, accounts::Accounts& accounts, rt::Loops& loops, const Clock& clock);
  Pusher(const Pusher&) = delete;
  Pusher& operator=(const Pusher&) = delete;
  ~Pusher() override;

  void changed(AccountId account, const mail::Snapshot& snapshot, const std::vector<mail::Change>& changes) override;

  // On loop 0, before the accounts stop: what waits is sent, if that takes no longer than flush_ms_max, and nothing is
  // pushed any more.
  task<> stop();

 private:
  void end_by(TimePoint end);
  void serve();
  std::vector<Notice> wait_for_notices();
  void settle(Notice notice, const Answer& answer);
  void note_reachable(const std::vector<Answer>& answers);
  void forget(Notice notice, std::optional<int64_t> gone_ms);
  task<> remove(Notice notice, std::optional<int64_t> gone_ms);
  task<> note_end();

  const PusherConfig config_;
  accounts::Accounts& accounts_;
  rt::Loop& loop_;
  const Clock& clock_;
  Apns apns_;
  bool reachable_ = true;  // the thread's

  std::atomic<int> removing_{0};  // coroutines on loop_
  rt::Event removed_;             // loop_'s: none is left
  rt::Event ended_;               // loop_'s: the thread is done

  std::mutex mutex_;  // guards the rest
  std::condition_variable changed_;
  Notices notices_;
  uint64_t forgotten_ = 0;        // for which there was no room, since the last time there was
  std::optional<TimePoint> end_;  // by then the thread ends
  bool awaited_ = false;          // by stop()

  std::jthread thread_;
};

}  // namespace roost::push
