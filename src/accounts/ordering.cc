#include "accounts/ordering.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "accounts/acting_account.h"
#include "accounts/search_turn.h"

namespace roost::accounts {
namespace {

constexpr std::chrono::microseconds kSlice{2'000};
// So many are prepared for on the loop that asked, whose memory is used again while it is warm: no long step of it.
constexpr uint32_t kExpectedMax = 30'000;
constexpr size_t kRowsAtOnce = 2048;  // whose cards are asked for together

// The rows of a set of uids, so many at a time.
class Rows {
 public:
  Rows(mail::SnapshotPtr snapshot, mail::Mailbox mailbox, UidSet uids)
      : snapshot_(std::move(snapshot)), mailbox_(mailbox), uids_(std::move(uids)) {}

  uint64_t count() const { return uids_.count(); }

  std::vector<mail::Cold> next() {
    std::vector<mail::Cold> rows;
    rows.reserve(kRowsAtOnce);
    while (range_ < uids_.range_count() && rows.size() < kRowsAtOnce) {
      UidRange range = uids_.ranges()[range_];
      if (range.first.value < next_uid_) range.first = Uid(static_cast<uint32_t>(next_uid_));
      mailbox_.for_each(range.first, range.last, [&](const mail::Cold& cold, const mail::Hot&) {
        rows.push_back(cold);
        return rows.size() < kRowsAtOnce;
      });
      next_uid_ = uint64_t{rows.empty() ? 0 : rows.back().uid.value} + 1;
      if (rows.size() < kRowsAtOnce || next_uid_ > range.last.value) ++range_;
    }
    return rows;
  }

 private:
  mail::SnapshotPtr snapshot_;  // holds what mailbox_ points to
  mail::Mailbox mailbox_;
  const UidSet uids_;
  size_t range_ = 0;
  uint64_t next_uid_ = 0;
};

// Rows with their cards on their way into an ordering.
struct Batch {
  std::vector<mail::Cold> rows;
  std::vector<std::shared_ptr<const Bytes>> cards;  // empty: they are not read
  size_t taken = 0;
};

// Cards lie all over the memory: while one is read, what comes soon is on its way into the cache, first the string and
// then its first octets, which say where everything is, and the keys that are wanted.
void fetch_ahead(const Batch& batch, bool keys) {
  constexpr size_t kAhead = 6;
  size_t soon = batch.taken + kAhead;
  if (size_t next = batch.taken + kAhead / 2; keys && next < batch.cards.size()) {
    message::CardView::fetch_keys_ahead(*batch.cards[next]);
  }
  if (soon + kAhead < batch.cards.size()) __builtin_prefetch(batch.cards[soon + kAhead].get());
  if (soon < batch.cards.size()) __builtin_prefetch(batch.cards[soon]->data());
}

// Until it is late; true where all were taken in, and the next ones, without their cards, are in their place.
Result<bool> take_in(Batch& batch, Rows& rows, search::Ordering& ordering, search::Slice slice) {
  while (batch.taken < batch.rows.size()) {
    if (slice.late()) return false;
    const mail::Cold& row = batch.rows[batch.taken];
    if (batch.cards.empty()) {
      ROOST_TRY_VOID(ordering.add(row, nullptr));
    } else {
      fetch_ahead(batch, ordering.reads_keys());
      auto card = message::CardView::open(*batch.cards[batch.taken]);
      ROOST_TRY_VOID(ordering.add(row, card ? &*card : nullptr));
    }
    ++batch.taken;
  }
  batch = {.rows = rows.next()};
  return true;
}

task<Result<>> take_all_in(AccountPtr account, Environment& env, Rows rows, search::Ordering& ordering,
                           std::shared_ptr<Errand> errand) {
  const auto goal = static_cast<uint32_t>(rows.count());
  uint32_t done = 0;
  Batch batch;
  ordering.expect(std::min(goal, kExpectedMax));
  batch.rows = co_await env.pool.run([&rows] { return rows.next(); });
  while (!batch.rows.empty()) {
    if (errand && errand->cancelled()) co_return closed();
    if (errand) errand->note_progress(done, goal);
    done += static_cast<uint32_t>(batch.rows.size());
    if (ordering.reads_cards()) {
      ROOST_CO_TRY(batch.cards, co_await account->cards(batch.rows));
    }
    for (bool all = false; !all;) {
      ROOST_CO_TRY(all, co_await env.pool.run([&] {
        return take_in(batch, rows, ordering, search::Slice(env.clock, env.clock.now() + kSlice));
      }));
    }
  }
  co_return Result<>();
}

}  // namespace

task<Result<>> order(AccountPtr account, mail::SnapshotPtr snapshot, MailboxId mailbox, UidSet uids,
                     search::Ordering& ordering, std::shared_ptr<Errand> errand) {
  OpenAccount* open = opened(*account);
  if (open == nullptr) co_return fault("order() of an account that is none of ours");
  Environment& env = open->environment();
  auto found = snapshot->find(mailbox);
  if (!found) co_return no(Code::nonexistent, "The mailbox is gone.");
  co_await open->begin_search();
  SearchTurn turn(open->shared_from_this());
  Rows rows(std::move(snapshot), *found, std::move(uids));
  ROOST_CO_TRY_VOID(co_await take_all_in(account, env, std::move(rows), ordering, errand));
  bool finished = false;
  while (!finished) {
    if (errand && errand->cancelled()) co_return closed();
    finished = co_await env.pool.run([&] {
      search::Slice slice(env.clock, env.clock.now() + kSlice);
      return ordering.finish(slice);
    });
  }
  co_return Result<>();
}

}  // namespace roost::accounts
