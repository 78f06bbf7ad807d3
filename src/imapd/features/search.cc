// SEARCH and UID SEARCH (RFC 3501 6.4.4): on decoded content, in any charset that ICU knows. RETURN (…) is answered as
// esearch.h and searchres.h say.
#include "imap/list_response.h"
#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/features/condstore.h"
#include "imapd/features/esearch.h"
#include "imapd/features/search_query.h"
#include "imapd/features/searching.h"
#include "imapd/features/searchres.h"
#include "imapd/session.h"
#include "imapd/telling.h"

namespace roost::imapd {
namespace {

// Numbers are those of `view`: nothing has been told since it was made.
task<Result<>> write_found(Session& session, const View& view, const UidSet& found, const imap::Search& wanted) {
  imap::write_search_start(session.buffer());
  uint32_t count = 0;
  for (const UidRange& range : found) {
    // All of a range's uids are members, so their numbers are consecutive.
    uint32_t number = wanted.uid ? range.first.value : view.seq(range.first).value;
    for (uint64_t n = range.count(); n > 0; --n) {
      imap::write_search_number(session.buffer(), number++);
      if (++count % kNumbersBetweenChecks == 0 && session.batch_due()) {
        ROOST_CO_TRY_VOID(co_await session.next_batch());
      }
    }
  }
  imap::write_search_end(session.buffer(), asks_for_mod_seq(wanted.key) ? highest_mod_seq(view, found) : std::nullopt);
  co_return Result<>{};
}

task<Result<Completion>> answer(Session& session, const imap::Search& wanted, BytesView tag) {
  if (!wanted.charset.empty() && session.modes().utf8_accept) co_return bad("CHARSET after ENABLE UTF8=ACCEPT.");
  if (auto refused = refuse_charset(wanted)) co_return *std::move(refused);
  if (asks_for_mod_seq(wanted.key)) enable_condstore(session);
  ROOST_CO_TRY(View view, co_await catch_up(session));
  Found found;
  ROOST_CO_TRY(found.uids, co_await find_messages(session, wanted, view));
  if (wanted.give && wanted.give->save && !save_result(session, *wanted.give, found)) {
    co_return refusal(imap::ResponseCode(imap::kNotSaved), "The result is too large to be saved.");
  }
  if (!wanted.give) {
    ROOST_CO_TRY_VOID(co_await write_found(session, view, found.uids, wanted));
  } else if (wanted.give->answers()) {
    ROOST_CO_TRY_VOID(co_await write_esearch(session, wanted, tag, view, found));
  }
  Completion completion = done("SEARCH completed.");
  completion.used_numbers = names_numbers(wanted.key);
  // RFC 9051 7.1: what went is not among the results, and the client cannot be told yet why.
  bool expunges_wait = !wanted.uid || completion.used_numbers;
  if (expunges_wait && !view.ghosts().empty()) completion.code = imap::code_of(Code::expunge_issued);
  co_return completion;
}

task<Result<Completion>> run_search(Session& session, imap::Command& command) {
  auto& wanted = std::get<imap::Search>(command.body);
  // RFC 9051 6.4.4: without result options, ALL; and always in ESEARCH.
  if (session.modes().rev2 && !wanted.give) wanted.give = imap::Search::Return{.all = true};
  Result<Completion> completion = co_await answer(session, wanted, command.tag);
  settle_saved(session, wanted, completion);
  co_return completion;
}

constexpr CommandRow kCommands[] = {
    {imap::Verb::search, kSelected, Hazard::uses, kSearchLiteralBytesMax, kSearchMemoryBytes, run_search},
    {imap::Verb::uid_search, kSelected, Hazard::breaks, kSearchLiteralBytesMax, kSearchMemoryBytes, run_search},
};

}  // namespace

constinit const Feature kSearch = {.name = "search", .commands = kCommands};

}  // namespace roost::imapd
