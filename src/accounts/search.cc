#include "accounts/search.h"

#include <cstring>
#include <optional>
#include <utility>

#include "accounts/acting_account.h"
#include "accounts/search_turn.h"
#include "search/scan.h"

namespace roost::accounts {
namespace {

using search::Scan;

// On the loop that asked: enough for a flag search of a small mailbox. Everything longer goes to the pool.
constexpr std::chrono::microseconds kFirstSlice{300};
constexpr std::chrono::microseconds kPoolSlice{2'000};

// Messages by their EMAILID, which parse_guard.h takes for a fingerprint like any other.
class NoteOfSearch final : public search::ContentGuard {
 public:
  explicit NoteOfSearch(ParseGuard& guard) : guard_(guard) {}

  bool enter(const mail::Cold& row) override {
    Fingerprint what{0, row.size + 1};
    std::memcpy(&what.hash, row.email_id.bytes.data(), sizeof what.hash);
    if (guard_.poisoned(what)) return false;
    note_.emplace(guard_.note(what));
    return true;
  }
  void leave() override { note_.reset(); }

 private:
  ParseGuard& guard_;
  std::optional<ParseGuard::Note> note_;
};

task<Result<>> bring_cards(AccountPtr account, Scan& scan) {
  ROOST_CO_TRY(auto cards, co_await account->cards(scan.wanted_cards()));
  scan.feed_cards(std::move(cards));
  co_return Result<>();
}

task<Result<>> bring_octets(AccountPtr account, Scan& scan) {
  std::vector<store::AccountStore::BlobRange> ranges;
  ranges.reserve(scan.wanted_octets().size());
  for (const Scan::Read& read : scan.wanted_octets()) ranges.push_back({read.blob, {read.offset, read.size}});
  auto read = co_await account->bodies(std::move(ranges));
  std::vector<std::optional<Bytes>> octets(read.size());
  for (size_t i = 0; i < read.size(); ++i) {
    if (read[i]) {
      octets[i] = *std::move(read[i]);
    } else if (read[i].error().code != Code::corruption) {
      co_return std::unexpected(read[i].error());
    }
  }
  scan.feed_octets(std::move(octets));
  co_return Result<>();
}

task<Result<UidSet>> run(AccountPtr account, Environment& env, Scan& scan, std::shared_ptr<Errand> errand) {
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

task<Result<UidSet>> search(AccountPtr account, mail::SnapshotPtr snapshot, MailboxId mailbox, search::Query query,
                            std::shared_ptr<Errand> errand) {
  OpenAccount* open = opened(*account);
  if (open == nullptr) co_return fault("search() of an account that is none of ours");
  Environment& env = open->environment();
  ROOST_CO_TRY(auto scan, Scan::start(std::move(snapshot), mailbox, query, search::QueryLimits(), env.wall_seconds()));
  NoteOfSearch note(*env.guard);
  scan->set_guard(&note);
  co_await open->begin_search();
  SearchTurn turn(open->shared_from_this());
  co_return co_await run(account, env, *scan, std::move(errand));
}

}  // namespace roost::accounts
