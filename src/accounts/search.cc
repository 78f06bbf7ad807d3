#include "accounts/search.h"

#include <utility>

#include "accounts/acting_account.h"
#include "accounts/content_reading.h"
#include "accounts/index_keeping.h"
#include "accounts/search_turn.h"
#include "search/scan.h"

namespace roost::accounts {
namespace {

using search::Scan;

// On the loop that asked: enough for a flag search of a small mailbox. Everything longer goes to the pool.
constexpr std::chrono::microseconds kFirstSlice{300};
constexpr std::chrono::microseconds kPoolSlice{2'000};

task<Result<>> bring_cards(AccountPtr account, Scan& scan) {
  ROOST_CO_TRY(auto cards, co_await account->cards(scan.wanted_cards()));
  scan.feed_cards(std::move(cards));
  co_return Result<>();
}

task<Result<>> bring_octets(AccountPtr account, Scan& scan) {
  ROOST_CO_TRY(auto octets, co_await read_octets(account, scan.wanted_octets()));
  scan.feed_octets(std::move(octets));
  co_return Result<>();
}

task<Result<search::Matches>> run(AccountPtr account, Environment& env, Scan& scan, std::shared_ptr<Errand> errand) {
  Scan::State state = scan.run(env.clock, env.clock.now() + kFirstSlice);
  while (state != Scan::State::done) {
    if (errand && errand->cancelled()) co_return closed();
    if (errand) errand->note_progress(scan.messages_passed(), scan.messages());
    if (state == Scan::State::cards) ROOST_CO_TRY_VOID(co_await bring_cards(account, scan));
    if (state == Scan::State::octets) ROOST_CO_TRY_VOID(co_await bring_octets(account, scan));
    state = co_await env.pool.run([&] { return scan.run(env.clock, env.clock.now() + kPoolSlice); });
  }
  co_return scan.matches();
}

}  // namespace

task<Result<search::Matches>> search(AccountPtr account, mail::SnapshotPtr snapshot, MailboxId mailbox,
                                     search::Query query, std::shared_ptr<Errand> errand) {
  OpenAccount* open = opened(*account);
  if (open == nullptr) co_return fault("search() of an account that is none of ours");
  Environment& env = open->environment();
  ROOST_CO_TRY(auto scan, Scan::start(std::move(snapshot), mailbox, query, search::QueryLimits(), env.wall_seconds()));
  ContentNote note(*env.guard);
  scan->set_guard(&note);
  co_await open->begin_search();
  SearchTurn turn(open->shared_from_this());
  scan->set_narrowing(co_await read_narrowing(open->shared_from_this(), scan->narrowed_keys(), scan->candidates_max()));
  co_return co_await run(account, env, *scan, std::move(errand));
}

}  // namespace roost::accounts
