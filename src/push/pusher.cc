#include "push/pusher.h"

#include <pthread.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "base/log.h"

namespace roost::push {
namespace {

constexpr size_t kNoticesAtOnce = 64;

// The names of mailboxes in which something arrived.
std::set<std::string> with_arrivals(const mail::Snapshot& snapshot, const std::vector<mail::Change>& changes) {
  std::set<std::string> names;
  for (const mail::Change& change : changes) {
    for (const mail::MailboxChange& one : change.mailboxes) {
      if (one.appended.empty()) continue;
      if (auto mailbox = snapshot.find(one.mailbox)) names.emplace(mailbox->name());
    }
  }
  return names;
}

}  // namespace

Pusher::Pusher(PusherConfig config, accounts::Accounts& accounts, rt::Loops& loops, const Clock& clock)
    : config_(std::move(config)),
      accounts_(accounts),
      loop_(loops.at(0)),
      clock_(clock),
      apns_(config_.apns),
      notices_(config_.notices_max),
      thread_([this] {
        // Here, as a sandboxed process may not write the names of other threads.
        pthread_setname_np(pthread_self(), "push");
        serve();
      }) {}

Pusher::~Pusher() {
  if (!thread_.joinable()) return;
  end_by(clock_.now());
  thread_.join();
}

void Pusher::changed(AccountId account, const mail::Snapshot& snapshot, const std::vector<mail::Change>& changes) {
  std::set<std::string> names = with_arrivals(snapshot, changes);
  if (names.empty()) return;
  for (const Registration& registration : registrations(snapshot, account, config_.limits, clock_.wall().seconds)) {
    Notice notice{account, entry_of(registration), registration.account_id, registration.device_token, {}};
    for (const Registration::Mailbox& mailbox : registration.mailboxes) {
      if (names.contains(mailbox.name)) notice.digests.insert(digest_of(mailbox.spelled));
    }
    if (notice.digests.empty()) continue;
    std::lock_guard lock(mutex_);
    if (end_) return;
    if (!notices_.add(std::move(notice), clock_.now())) ++forgotten_;
    changed_.notify_one();
  }
}

// --- the thread ---

void Pusher::serve() {
  for (;;) {
    std::vector<Notice> notices = wait_for_notices();
    if (notices.empty()) break;
    const std::vector<Answer> answers = apns_.send(notices);
    note_reachable(answers);
    for (size_t i = 0; i < notices.size(); ++i) settle(std::move(notices[i]), answers[i]);
  }
  std::lock_guard lock(mutex_);
  if (awaited_) rt::spawn(loop_, note_end());
}

// None: it is over.
std::vector<Notice> Pusher::wait_for_notices() {
  std::unique_lock lock(mutex_);
  while (!end_) {
    std::vector<Notice> notices = notices_.take(kNoticesAtOnce, clock_.now());
    if (!notices.empty()) {
      if (forgotten_ > 0) log::warn("push_notices_forgotten", {{"count", std::exchange(forgotten_, 0)}});
      return notices;
    }
    auto next = notices_.next();
    if (next) {
      changed_.wait_until(lock, *next);
    } else {
      changed_.wait(lock);
    }
  }
  if (clock_.now() < *end_) return notices_.take_untried(kNoticesAtOnce);
  return {};
}

void Pusher::settle(Notice notice, const Answer& answer) {
  std::unique_lock lock(mutex_);
  switch (answer.verdict) {
    case Answer::Verdict::accepted: return notices_.arrived(notice, clock_.now());
    case Answer::Verdict::failed:
      if (!end_) notices_.failed(std::move(notice), clock_.now());
      return;
    case Answer::Verdict::refused:
      log::warn("push_refused", {{"account", notice.account.value}, {"answer", answer.why}});
      return notices_.ended(notice);
    case Answer::Verdict::gone:
      notices_.ended(notice);
      if (!end_) forget(std::move(notice), answer.gone_ms);
      return;
  }
}

// Once when it begins, and once when it is over.
void Pusher::note_reachable(const std::vector<Answer>& answers) {
  auto failed = std::ranges::find(answers, Answer::Verdict::failed, &Answer::verdict);
  if (std::exchange(reachable_, failed == answers.end()) == reachable_) return;
  if (reachable_) {
    log::info("push_service_answers_again");
  } else {
    log::warn("push_service_does_not_answer", {{"text", failed->why}});
  }
}

void Pusher::forget(Notice notice, std::optional<int64_t> gone_ms) {
  removing_.fetch_add(1);
  rt::spawn(loop_, remove(std::move(notice), gone_ms));
}

// --- loop 0 ---

task<> Pusher::remove(Notice notice, std::optional<int64_t> gone_ms) {
  auto account = co_await accounts_.open(notice.account);
  if (account) {
    auto plan = plan_removal(*(*account)->snapshot(), notice.account, notice.entry, gone_ms);
    if (plan) {
      auto done = co_await (*account)->execute(*std::move(plan));
      log::info("push_registration_removed", {{"account", notice.account.value}, {"done", done.has_value()}});
    }
  }
  account = closed();  // before stop() goes on
  if (removing_.fetch_sub(1) == 1) removed_.set();
}

task<> Pusher::note_end() {
  ended_.set();
  co_return;
}

void Pusher::end_by(TimePoint end) {
  apns_.end_by(end);
  {
    std::lock_guard lock(mutex_);
    end_ = end;
  }
  changed_.notify_all();
}

task<> Pusher::stop() {
  {
    std::lock_guard lock(mutex_);
    awaited_ = true;
  }
  end_by(clock_.now() + config_.flush_ms_max);
  co_await ended_.wait();
  thread_.join();
  while (removing_.load() > 0) co_await removed_.wait();
}

}  // namespace roost::push
