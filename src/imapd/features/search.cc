// SEARCH and UID SEARCH (RFC 3501 6.4.4): on decoded content, in any charset that ICU knows. RETURN (…) is answered as
// search_answer.h says.
#include "imap/list_response.h"
#include "imapd/features/all.h"
#include "imapd/features/search_answer.h"
#include "imapd/features/search_query.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

class PlainSearch : public Searcher {
 public:
  explicit PlainSearch(const imap::Search& wanted) : wanted_(wanted) {}

  task<Result<Found>> find(Session& session, const View& view, const std::optional<UidSet>& among) override {
    Found found;
    ROOST_CO_TRY(found.uids, co_await find_messages(session, wanted_, view, among));
    co_return found;
  }
  task<Result<>> write(Session& session, const View& view, const Found& found) override;
  bool can_be_partial() const override { return true; }

 private:
  const imap::Search& wanted_;
};

task<Result<>> PlainSearch::write(Session& session, const View& view, const Found& found) {
  imap::write_search_start(session.buffer());
  uint32_t count = 0;
  for (const UidRange& range : found.uids) {
    // All of a range's uids are members, so their numbers are consecutive.
    uint32_t number = wanted_.uid ? range.first.value : view.seq(range.first).value;
    for (uint64_t n = range.count(); n > 0; --n) {
      imap::write_search_number(session.buffer(), number++);
      if (++count % kNumbersBetweenChecks == 0 && session.batch_due()) {
        ROOST_CO_TRY_VOID(co_await session.next_batch());
      }
    }
  }
  imap::write_search_end(session.buffer(),
                         asks_for_mod_seq(wanted_.key) ? highest_mod_seq(view, found.uids) : std::nullopt);
  co_return Result<>{};
}

task<Result<Completion>> run_search(Session& session, imap::Command& command) {
  auto& wanted = std::get<imap::Search>(command.body);
  if (!wanted.charset.empty() && session.modes().utf8_accept) co_return bad("CHARSET after ENABLE UTF8=ACCEPT.");
  // RFC 9051 6.4.4: without result options, ALL; and always in ESEARCH.
  if (session.modes().rev2 && !wanted.give) wanted.give = imap::Search::Return{.all = true};
  PlainSearch search(wanted);
  co_return co_await answer_search(session, wanted, command, search);
}

constexpr CommandRow kCommands[] = {
    {imap::Verb::search, kSelected, Hazard::uses, kSearchLiteralBytesMax, kSearchMemoryBytes, run_search},
    {imap::Verb::uid_search, kSelected, Hazard::breaks, kSearchLiteralBytesMax, kSearchMemoryBytes, run_search},
};

}  // namespace

constinit const Feature kSearch = {.name = "search", .commands = kCommands};

}  // namespace roost::imapd
