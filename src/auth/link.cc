#include "auth/link.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/log.h"

namespace roost::auth {
namespace {

constexpr Seconds kStartSecondsMax{60};
constexpr Millis kScanPause{1000};
constexpr Millis kReconnectPause{1000};
constexpr Millis kReapPause{10};
constexpr int kReapTries = 500;

Fail unavailable() { return no(Code::unavailable, "Logins are not possible right now; try again."); }

}  // namespace

struct Link::CallAwaiter {
  Link* link;
  protocol::Request request;
  Call call;

  bool await_ready() const { return false; }

  // Until the thread has the call, nobody else knows it: so it is filled in first. False: not sent, go on at once.
  bool await_suspend(std::coroutine_handle<> waiter) {
    call.home = rt::Loop::current();
    call.waiter = waiter;
    call.since = system_clock().now();
    call.result = unavailable();
    std::lock_guard lock(link->mutex_);
    if (!link->thread_.joinable()) link->thread_ = std::thread([raw = link] { raw->run(); });
    if (!link->up_ || link->calls_.size() >= kCallsMax) return false;
    Secret message = protocol::encode(link->next_id_, request);
    if (message.view().size() > protocol::kMessageBytesMax) return false;
    link->calls_.emplace(link->next_id_++, &call);
    link->outgoing_.push_back(std::move(message));
    if (link->outgoing_.size() == 1) link->wake();
    return true;
  }

  Result<protocol::Answer> await_resume() { return std::move(call.result); }
};

task<Result<protocol::Answer>> Link::call(protocol::Request request) {
  CallAwaiter awaiter{this, std::move(request), {}};
  co_return co_await awaiter;
}

Result<std::unique_ptr<Link>> Link::start(Config config, Launcher launcher) {
  std::unique_ptr<Link> link(new Link(std::move(config), std::move(launcher)));
  link->wakeup_ = Socket(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!link->wakeup_) return fault("eventfd failed", Code::unavailable);
  ROOST_TRY_VOID(link->connect());
  ROOST_TRY_VOID(link->wait_until_ready());
  link->up_ = true;
  return link;
}

Link::~Link() {
  if (thread_.joinable()) {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake();
    thread_.join();
  }
  socket_.close();
  reap();
}

Result<> Link::connect() {
  ROOST_TRY(auto ends, make_socket_pair());
  ROOST_TRY(child_, launcher_(std::move(ends.second)));
  socket_ = std::move(ends.first);
  Secret message = protocol::encode(0, protocol::Configure{config_});
  if (send_message(socket_.fd(), message.view(), true) != Sent::sent) return fault("the auth child does not listen");
  return {};
}

// What the worker says first: that it has read the directory, or why it could not.
Result<> Link::wait_until_ready() {
  pollfd waits{socket_.fd(), POLLIN, 0};
  if (::poll(&waits, 1, static_cast<int>(Millis(kStartSecondsMax).count())) != 1) {
    return fault("the auth child does not answer", Code::unavailable);
  }
  Bytes buffer;
  size_t size = 0;
  if (receive_message(socket_.fd(), buffer, size, false) != Received::message) {
    return fault("the auth child ended at once", Code::unavailable);
  }
  ROOST_TRY(auto reply, protocol::decode_reply(BytesView(buffer).substr(0, size)));
  if (!reply.body.answer) return std::unexpected(reply.body.answer.error());
  remember(reply.body.policy);
  return {};
}

// The child ends by itself once the socket is closed; one that does not is left to the system.
void Link::reap() {
  for (int i = 0; child_ > 0 && i < kReapTries; ++i) {
    pid_t ended = ::waitpid(child_, nullptr, WNOHANG);
    if (ended == child_ || (ended < 0 && errno != EINTR)) child_ = -1;
    if (child_ > 0) std::this_thread::sleep_for(kReapPause);
  }
}

void Link::remember(const Policy& policy) { policy_.store(policy, std::memory_order_relaxed); }

void Link::wake() const {
  uint64_t one = 1;
  [[maybe_unused]] ssize_t n = ::write(wakeup_.fd(), &one, sizeof one);  // full: it is awake already
}

void Link::run() {
  for (;;) {
    if (!turn()) reconnect();
    std::lock_guard lock(mutex_);
    if (stopping_) return;
  }
}

// One wait, and what it brought. False: the child has gone.
bool Link::turn() {
  if (!socket_) return false;
  bool pending = false;
  int timeout_ms = -1;
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return true;
    pending = !outgoing_.empty();
    if (!calls_.empty()) timeout_ms = static_cast<int>(kScanPause.count());
  }
  pollfd waits[2] = {{socket_.fd(), static_cast<short>(pending ? POLLIN | POLLOUT : POLLIN), 0},
                     {wakeup_.fd(), POLLIN, 0}};
  if (::poll(waits, 2, timeout_ms) < 0 && errno != EINTR) return false;
  uint64_t count = 0;
  [[maybe_unused]] ssize_t n = ::read(wakeup_.fd(), &count, sizeof count);
  fail_overdue();
  return receive_all() && send_all();
}

bool Link::receive_all() {
  Bytes buffer;
  size_t size = 0;
  for (;;) {
    Received received = receive_message(socket_.fd(), buffer, size, false);
    if (received == Received::would_block) return true;
    if (received == Received::gone) return false;
    auto reply = protocol::decode_reply(BytesView(buffer).substr(0, size));
    if (!reply) return false;
    take(*std::move(reply));
  }
}

bool Link::send_all() {
  for (;;) {
    Secret message;
    {
      std::lock_guard lock(mutex_);
      if (outgoing_.empty()) return true;
      message = std::move(outgoing_.front());
      outgoing_.pop_front();
    }
    Sent sent = send_message(socket_.fd(), message.view(), false);
    if (sent == Sent::gone) return false;
    if (sent == Sent::sent) continue;
    std::lock_guard lock(mutex_);
    outgoing_.push_front(std::move(message));
    return true;
  }
}

void Link::take(protocol::Numbered<protocol::Reply> reply) {
  if (reply.id == 0) return take_state(reply.body);
  remember(reply.body.policy);
  Call* call = nullptr;
  {
    std::lock_guard lock(mutex_);
    auto node = calls_.extract(reply.id);
    if (!node.empty()) call = node.mapped();
  }
  if (call == nullptr) return;  // given up on
  call->result = std::move(reply.body.answer);
  call->home->post([waiter = call->waiter] { waiter.resume(); });
}

// What a worker says about itself: that it is ready; and the one that watches it: that it died.
void Link::take_state(const protocol::Reply& state) {
  if (state.answer) {
    log::warn("auth_child_restarted");
    remember(state.policy);
  } else {
    log::error("auth_child", {{"why", state.answer.error().text}});
    fail_all(unavailable().error());
  }
  std::lock_guard lock(mutex_);
  up_ = state.answer.has_value();
}

void Link::fail_all(const Error& error) {
  std::map<uint64_t, Call*> calls;
  {
    std::lock_guard lock(mutex_);
    calls.swap(calls_);
    outgoing_.clear();
  }
  for (auto& [id, call] : calls) {
    call->result = std::unexpected(error);
    call->home->post([waiter = call->waiter] { waiter.resume(); });
  }
}

void Link::fail_overdue() {
  TimePoint now = system_clock().now();
  std::lock_guard lock(mutex_);
  while (!calls_.empty() && now - calls_.begin()->second->since > kCallSecondsMax) {
    Call* call = calls_.begin()->second;
    calls_.erase(calls_.begin());
    call->home->post([waiter = call->waiter] { waiter.resume(); });  // its result says unavailable from the start
  }
}

// Both processes of the child are gone. Starting it again may be more than this process is allowed by now; then logins
// stay unavailable, the log says why, and it is tried again.
void Link::reconnect() {
  {
    std::lock_guard lock(mutex_);
    up_ = false;
  }
  fail_all(unavailable().error());
  socket_.close();
  reap();
  Result<> started = connect();
  if (started) started = wait_until_ready();
  if (!started) {
    log::error("auth_child", {{"why", started.error().text}});
    pollfd stop{wakeup_.fd(), POLLIN, 0};
    ::poll(&stop, 1, static_cast<int>(kReconnectPause.count()));
    return;
  }
  log::warn("auth_child_restarted");
  std::lock_guard lock(mutex_);
  up_ = true;
}

}  // namespace roost::auth
