#include "imapd/disconnect_watch.h"

#include <exception>
#include <utility>

#include "imapd/progress_teller.h"
#include "imapd/session.h"

namespace roost::imapd {

DisconnectWatch::DisconnectWatch(Session& session) : session_(session) { rt::spawn(session.stream().loop(), watch()); }

task<> DisconnectWatch::watch() {
  // With pipelined commands at hand there is no telling what comes behind them.
  while (!ending_ && session_.input().rest().empty()) {
    net::Ready ready = co_await session_.stream().wait(std::nullopt);
    if (ready == net::Ready::woken || ready == net::Ready::timed_out) continue;
    Result<> read = closed();
    if (ready == net::Ready::readable) read = co_await session_.input().read(false);
    if (read) continue;
    errand_->cancel();
    break;
  }
  ended_.set();
}

task<> DisconnectWatch::end() {
  ending_ = true;
  session_.stream().wake();  // if nobody waits any more, the session's next wait ends early: it only looks again
  co_await ended_.wait();
}

namespace {

// `watch` and `teller` have ended, however `work` does.
template <class T>
task<Result<T>> watched(DisconnectWatch& watch, ProgressTeller& teller, task<Result<T>> work) {
  Result<T> done = closed();
  std::exception_ptr failure;
  try {
    done = co_await std::move(work);
  } catch (...) {
    failure = std::current_exception();
  }
  co_await teller.end();
  co_await watch.end();
  if (failure) std::rethrow_exception(failure);
  co_return done;
}

}  // namespace

task<Result<search::Matches>> search_while_connected(Session& session, mail::SnapshotPtr snapshot,
                                                     search::Query query) {
  DisconnectWatch watch(session);
  ProgressTeller teller(session, watch.errand());
  co_return co_await watched(watch, teller,
                             accounts::search(session.selected()->account, std::move(snapshot),
                                              session.selected()->mailbox, std::move(query), watch.errand()));
}

task<Result<>> order_while_connected(Session& session, mail::SnapshotPtr snapshot, UidSet uids,
                                     search::Ordering& ordering) {
  DisconnectWatch watch(session);
  ProgressTeller teller(session, watch.errand());
  co_return co_await watched(watch, teller,
                             accounts::order(session.selected()->account, std::move(snapshot),
                                             session.selected()->mailbox, std::move(uids), ordering, watch.errand()));
}

}  // namespace roost::imapd
