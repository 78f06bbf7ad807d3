// SEARCH and UID SEARCH (RFC 3501 6.4.4): on decoded content, in any charset that ICU knows. RETURN (…) is answered as
// esearch.h and searchres.h say.
#include "imap/list_response.h"
#include "imap/response.h"
#include "imapd/disconnect_watch.h"
#include "imapd/features/all.h"
#include "imapd/features/condstore.h"
#include "imapd/features/esearch.h"
#include "imapd/features/search_query.h"
#include "imapd/features/searchres.h"
#include "imapd/session.h"
#include "imapd/telling.h"
#include "message/charset.h"

namespace roost::imapd {
namespace {

inline constexpr uint32_t kSearchMemoryBytes = 256 * 1024;
inline constexpr uint64_t kSearchLiteralBytesMax = 64 * 1024;
inline constexpr uint32_t kNumbersBetweenChecks = 512;
constexpr std::string_view kCharsets[] = {"UTF-8", "US-ASCII"};

Completion refusal(imap::ResponseCode code, std::string text) {
  return {.condition = imap::Condition::no, .code = std::move(code), .text = std::move(text)};
}

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

// The messages of `view` that match. Arrivals that the client has not been told of are not in its view.
task<Result<UidSet>> find(Session& session, const imap::Search& wanted, const View& view) {
  const Selected& selected = *session.selected();
  ROOST_CO_TRY(search::Query query, make_query(wanted, {.view = view, .recent = selected.recent}));
  ROOST_CO_TRY(UidSet found, co_await search_while_connected(session, view.snapshot(), std::move(query)));
  co_return view.members(found);
}

task<Result<Completion>> answer(Session& session, const imap::Search& wanted, BytesView tag) {
  if (!wanted.charset.empty() && session.modes().utf8_accept) co_return bad("CHARSET after ENABLE UTF8=ACCEPT.");
  if (!wanted.charset.empty() && !message::is_known_charset(wanted.charset)) {
    co_return refusal(imap::code_bad_charset(kCharsets), "The charset is not known.");
  }
  if (asks_for_mod_seq(wanted.key)) enable_condstore(session);
  ROOST_CO_TRY(View view, co_await catch_up(session));
  ROOST_CO_TRY(UidSet found, co_await find(session, wanted, view));
  if (wanted.give && wanted.give->save && !save_result(session, *wanted.give, found)) {
    co_return refusal(imap::ResponseCode(imap::kNotSaved), "The result is too large to be saved.");
  }
  if (!wanted.give) {
    ROOST_CO_TRY_VOID(co_await write_found(session, view, found, wanted));
  } else if (wanted.give->answers()) {
    imap::write_esearch(session.buffer(), esearch_row(wanted, tag, view, found));
  }
  Completion completion = done("SEARCH completed.");
  completion.used_numbers = names_numbers(wanted.key);
  co_return completion;
}

bool is_refused(const Result<Completion>& completion) {
  if (completion) return completion->condition == imap::Condition::no;
  return completion.error().kind == Error::Kind::no || completion.error().kind == Error::Kind::fault;
}

task<Result<Completion>> run_search(Session& session, imap::Command& command) {
  auto& wanted = std::get<imap::Search>(command.body);
  // RFC 9051 6.4.4: without result options, ALL; and always in ESEARCH.
  if (session.modes().rev2 && !wanted.give) wanted.give = imap::Search::Return{.all = true};
  Result<Completion> completion = co_await answer(session, wanted, command.tag);
  // RFC 5182 2.1: NO empties "$", BAD leaves it as it was.
  if (wanted.give && wanted.give->save && is_refused(completion)) session.selected()->saved.clear();
  co_return completion;
}

constexpr CommandRow kCommands[] = {
    {imap::Verb::search, kSelected, Hazard::uses, kSearchLiteralBytesMax, kSearchMemoryBytes, run_search},
    {imap::Verb::uid_search, kSelected, Hazard::breaks, kSearchLiteralBytesMax, kSearchMemoryBytes, run_search},
};

}  // namespace

constinit const Feature kSearch = {.name = "search", .commands = kCommands};

}  // namespace roost::imapd
