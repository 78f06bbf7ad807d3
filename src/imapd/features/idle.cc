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

// True at the end of a line, which then is the frame.
task<Result<bool>> wait_for_line(Session& session) {
  using Event = wire::Framer::Event;
  switch (session.input().next()) {
    case Event::command: co_return true;
    case Event::need_more: break;
    default: co_return session.bye("bad_input", "That was not DONE.");
  }
  if (session.services().stopping) co_return session.bye("stopping", "The server is shutting down.");
  ROOST_CO_TRY(net::Ready ready, co_await session.park(session.config().idle_ms_max));
  if (ready == net::Ready::closed) co_return closed();
  if (ready == net::Ready::timed_out) co_return session.bye("autologout", "Idle for too long.");
  if (ready == net::Ready::readable) ROOST_CO_TRY_VOID(co_await session.input().read(false));
  co_return false;
}

task<Result<>> wait_for_done(Session& session) {
  while (true) {
    if (session.selected() != nullptr) ROOST_CO_TRY_VOID(co_await tell(session, Hazard::breaks));
    ROOST_CO_TRY(bool line, co_await wait_for_line(session));
    if (line) co_return Result<>{};
  }
}

task<Result<Completion>> run_idle(Session& session, imap::Command) {
  Waker waker(session.stream());
  accounts::Subscription subscription;
  if (Selected* selected = session.selected()) {
    subscription = session.account().subscribe(session.stream().loop(), selected->mailbox, &waker);
  }
  Counted idling(session.services().stats.idling);
  imap::write_continuation(session.buffer(), "idling");
  session.input().framer().set_plain_lines(true);
  Result<> waited = co_await wait_for_done(session);
  session.input().framer().set_plain_lines(false);
  if (!waited) co_return std::unexpected(std::move(waited).error());
  if (!imap::is_done(session.input().framer().frame())) co_return bad("Only DONE ends IDLE.");
  co_return done("IDLE completed.");
}

constexpr Capability kCapabilities[] = {{"IDLE"}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::idle, kLoggedIn, Hazard::breaks, 0, 0, run_idle},
};

}  // namespace

constinit const Feature kIdle = {.name = "idle", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
