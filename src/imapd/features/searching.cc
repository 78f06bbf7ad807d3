#include "imapd/features/searching.h"

#include <fmt/format.h>

#include "imap/response.h"
#include "imap/sort_response.h"
#include "imapd/disconnect_watch.h"
#include "imapd/features/search_query.h"
#include "imapd/session.h"
#include "message/charset.h"

namespace roost::imapd {
namespace {

constexpr std::string_view kCharsets[] = {"UTF-8", "US-ASCII"};

// A warning (RFC 9051 7.1.2): the answer that follows may lack them.
void warn_of_unreadable(Session& session, uint32_t messages) {
  imap::write_untagged(
      session.buffer(), imap::Condition::no, imap::code_of(Code::corruption),
      fmt::format("{} could not be searched, as the server cannot read {}.",
                  messages == 1 ? "A message" : fmt::format("{} messages", messages), messages == 1 ? "it" : "them"));
}

}  // namespace

std::optional<Completion> refuse_charset(const imap::Search& wanted) {
  if (wanted.charset.empty() || message::is_known_charset(wanted.charset)) return std::nullopt;
  return refusal(imap::code_bad_charset(kCharsets), "The charset is not known.");
}

task<Result<UidSet>> find_messages(Session& session, const imap::Search& wanted, const View& view,
                                   const std::optional<UidSet>& among) {
  const Selected& selected = *session.selected();
  ROOST_CO_TRY(search::Query query, make_query(wanted, {.view = view, .recent = selected.recent}));
  if (among) {
    search::And both;
    both.of.push_back(search::Query(search::Uids{*among}));
    both.of.push_back(std::move(query));
    query = search::Query(std::move(both));
  }
  ROOST_CO_TRY(search::Matches found, co_await search_while_connected(session, view.snapshot(), std::move(query)));
  if (found.unreadable != 0) warn_of_unreadable(session, found.unreadable);
  co_return view.members(found.uids);
}

task<Result<std::vector<UidRange>>> ranges_shown(Session& session, const View& view, const Found& found, bool uid) {
  if (!found.order) co_return uid ? found.uids.ranges() : view.numbers(found.uids).ranges();
  std::vector<uint32_t> numbers;
  numbers.reserve(found.order->size());
  for (Uid member : *found.order) {
    numbers.push_back(uid ? member.value : view.seq(member).value);
    if (numbers.size() % kNumbersBetweenChecks == 0 && session.batch_due()) {
      ROOST_CO_TRY_VOID(co_await session.next_batch());
    }
  }
  co_return imap::ranges_in_order(numbers);
}

}  // namespace roost::imapd
