// IDLE (RFC 2177). A parked session holds nothing but a subscription, which wakes it when its mailbox changes.
#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/session.h"
#include "imapd/telling.h"

namespace roost::imapd {
namespace {

class Waker : public accounts::Listener {
 public:
  explicit Waker(net::Stream& stream) : stream_(stream) {}
  void changed(const mail::Change&) override { stream_.wake(); }

 private:
  net::Stream& stream_;
};

class Counted {
 public:
  explicit Counted(std::atomic<uint64_t>& count) : count_(count) { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::atomic<uint64_t>& count_;
};

class Idling : public Mode {
 public:
  Idling(Session& session, Bytes tag)
      : waker_(session.stream()), counted_(session.services().stats.idling), tag_(std::move(tag)) {
    if (const Selected* selected = session.selected()) {
      subscription_ = session.selected_account().subscribe(session.stream().loop(), selected->mailbox, &waker_);
    }
    session.input().framer().set_plain_lines(true);
  }

  task<Result<>> step(Session& session) override;

 private:
  Result<> end(Session& session);

  Waker waker_;
  accounts::Subscription subscription_;
  Counted counted_;
  Bytes tag_;
};

// Tells what there is to tell, then waits for a line or for the next change.
task<Result<>> Idling::step(Session& session) {
  using Event = wire::Framer::Event;
  if (session.watch() != nullptr) {
    ROOST_CO_TRY_VOID(co_await session.watch()->tell_after(session, Hazard::breaks, false));
  } else if (session.selected() != nullptr) {
    ROOST_CO_TRY_VOID(co_await tell(session, Hazard::breaks));
  }
  Event event = session.input().next();
  if (event == Event::command) co_return end(session);
  if (event != Event::need_more) co_return session.bye("bad_input", "That was not DONE.");
  ROOST_CO_TRY_VOID(session.check_welcome());
  ROOST_CO_TRY(net::Ready ready, co_await session.park(session.config().idle_ms_max));
  switch (ready) {
    case net::Ready::readable: co_return co_await session.input().read(false);
    case net::Ready::timed_out: co_return session.bye("autologout", "Idle for too long.");
    case net::Ready::closed: co_return closed();
    case net::Ready::woken: break;
  }
  co_return Result<>{};
}

Result<> Idling::end(Session& session) {
  bool done = imap::is_done(session.input().framer().frame());
  session.input().framer().set_plain_lines(false);
  imap::write_tagged(session.buffer(), tag_, done ? imap::Condition::ok : imap::Condition::bad,
                     done ? take_claim(session) : imap::ResponseCode(),
                     done ? "IDLE completed." : "Only DONE ends IDLE.");
  session.leave_mode();  // destroys this
  return {};
}

task<Result<Completion>> run_idle(Session& session, imap::Command& command) {
  imap::write_continuation(session.buffer(), "idling");
  session.enter_mode(std::make_unique<Idling>(session, std::move(command.tag)));
  co_return Completion{.sent = true};
}

constexpr Capability kCapabilities[] = {{"IDLE"}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::idle, kLoggedIn, Hazard::breaks, 0, 0, run_idle},
};

}  // namespace

constinit const Feature kIdle = {.name = "idle", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
