// SORT and UID SORT (RFC 5256), by what addresses show (RFC 5957), and with RETURN (…) (ESORT, RFC 5267 3).
#include "search/sort.h"
#include "imap/list_response.h"
#include "imap/sort_response.h"
#include "imapd/disconnect_watch.h"
#include "imapd/features/all.h"
#include "imapd/features/search_answer.h"
#include "imapd/features/search_query.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

using Key = imap::SortCriterion::Key;

search::SortCriterion::Key key_of(Key key) {
  using To = search::SortCriterion::Key;
  switch (key) {
    case Key::arrival: return To::arrival;
    case Key::cc: return To::cc;
    case Key::date: return To::date;
    case Key::from: return To::from;
    case Key::size: return To::size;
    case Key::subject: return To::subject;
    case Key::to: return To::to;
    case Key::display_from: return To::display_from;
    case Key::display_to: return To::display_to;
  }
  return To::arrival;
}

std::vector<search::SortCriterion> criteria_of(const imap::Sort& sort) {
  std::vector<search::SortCriterion> criteria;
  for (const imap::SortCriterion& criterion : sort.criteria)
    criteria.push_back({key_of(criterion.key), criterion.reverse});
  return criteria;
}

class SortedSearch : public Searcher {
 public:
  explicit SortedSearch(const imap::Sort& wanted) : wanted_(wanted) {}
  task<Result<Found>> find(Session& session, const View& view, const std::optional<UidSet>& among) override;
  task<Result<>> write(Session& session, const View& view, const Found& found) override;

 private:
  const imap::Sort& wanted_;
};

task<Result<Found>> SortedSearch::find(Session& session, const View& view, const std::optional<UidSet>& among) {
  Found found;
  ROOST_CO_TRY(found.uids, co_await find_messages(session, wanted_.search, view, among));
  search::Sorting sorting(criteria_of(wanted_));
  ROOST_CO_TRY_VOID(co_await order_while_connected(session, view.snapshot(), found.uids, sorting));
  found.order = sorting.result();
  co_return found;
}

task<Result<>> SortedSearch::write(Session& session, const View& view, const Found& found) {
  imap::write_sort_start(session.buffer());
  const imap::Search& wanted = wanted_.search;
  uint32_t count = 0;
  for (Uid uid : *found.order) {
    imap::write_search_number(session.buffer(), wanted.uid ? uid.value : view.seq(uid).value);
    if (++count % kNumbersBetweenChecks == 0 && session.batch_due()) ROOST_CO_TRY_VOID(co_await session.next_batch());
  }
  imap::write_search_end(session.buffer(),
                         asks_for_mod_seq(wanted.key) ? highest_mod_seq(view, found.uids) : std::nullopt);
  co_return Result<>{};
}

task<Result<Completion>> run_sort(Session& session, imap::Command& command) {
  const auto& wanted = std::get<imap::Sort>(command.body);
  SortedSearch search(wanted);
  co_return co_await answer_search(session, wanted.search, command, search);
}

constexpr Capability kCapabilities[] = {{"SORT", kLoggedIn}, {"SORT=DISPLAY", kLoggedIn}, {"ESORT", kLoggedIn}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::sort, kSelected, Hazard::uses, kSearchLiteralBytesMax, kSearchMemoryBytes, run_sort},
    {imap::Verb::uid_sort, kSelected, Hazard::breaks, kSearchLiteralBytesMax, kSearchMemoryBytes, run_sort},
};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::sort_display, &imap::Dialect::esort};

}  // namespace

constinit const Feature kSort = {
    .name = "sort", .capabilities = kCapabilities, .commands = kCommands, .grammar = kGrammar};

}  // namespace roost::imapd
