#include "imapd/features/search_answer.h"

#include <string>

#include "imap/response.h"
#include "imapd/features/condstore.h"
#include "imapd/features/esearch.h"
#include "imapd/features/message_limit.h"
#include "imapd/features/search_query.h"
#include "imapd/features/searchres.h"
#include "imapd/session.h"
#include "imapd/telling.h"

namespace roost::imapd {
namespace {

std::optional<Completion> refuse(const Session& session, const imap::Search& wanted) {
  // RFC 9586 3.5
  if (session.modes().uid_only && names_numbers(wanted.key)) return uid_required();
  return refuse_charset(wanted);
}

// RFC 9738 3.1. Nothing to look at where there is no limit.
Limited limit_search(const Session& session, const View& view, const imap::Search& wanted) {
  if (session.config().messages_per_command_max == 0) return {};
  return limit_messages(session, searched(view, wanted.key));
}

Completion completed(const imap::Search& wanted, const imap::Command& command, const View& view) {
  std::string_view name = imap::verb_name(command.verb);
  if (wanted.uid) name.remove_prefix(std::string_view("UID ").size());
  Completion completion = done(std::string(name) + " completed.");
  completion.used_numbers = names_numbers(wanted.key);
  // RFC 9051 7.1: what went is not among the results, and the client cannot be told yet why.
  bool expunges_wait = !wanted.uid || completion.used_numbers;
  if (expunges_wait && !view.ghosts().empty()) completion.code = imap::code_of(Code::expunge_issued);
  return completion;
}

task<Result<Completion>> answer(Session& session, const imap::Search& wanted, const imap::Command& command,
                                Searcher& searcher) {
  if (auto refused = refuse(session, wanted)) co_return *std::move(refused);
  if (asks_for_mod_seq(wanted.key)) enable_condstore(session);
  ROOST_CO_TRY(View view, co_await catch_up(session));
  const Limited messages = limit_search(session, view, wanted);
  if (messages.lowest && !searcher.can_be_partial()) {
    co_return too_many_messages(session.config().messages_per_command_max);
  }
  const std::optional<UidSet> among = messages.lowest ? std::optional(messages.uids) : std::nullopt;
  ROOST_CO_TRY(Found found, co_await searcher.find(session, view, among));
  if (wanted.give && wanted.give->save && !save_result(session, *wanted.give, found)) {
    co_return refusal(imap::ResponseCode(imap::kNotSaved), "The result is too large to be saved.");
  }
  if (!wanted.give) {
    ROOST_CO_TRY_VOID(co_await searcher.write(session, view, found));
  } else if (wanted.give->answers()) {
    ROOST_CO_TRY_VOID(co_await write_esearch(session, wanted, command.tag, view, found));
  }
  Result<Completion> completion = completed(wanted, command, view);
  say_limit(session, messages, completion);
  co_return completion;
}

bool is_refused(const Result<Completion>& completion) {
  if (completion) return completion->condition == imap::Condition::no;
  return completion.error().kind == Error::Kind::no || completion.error().kind == Error::Kind::fault;
}

}  // namespace

task<Result<Completion>> answer_search(Session& session, const imap::Search& wanted, const imap::Command& command,
                                       Searcher& searcher) {
  Result<Completion> completion = co_await answer(session, wanted, command, searcher);
  // RFC 5182 2.1: a command with SAVE that ends in NO empties "$"; one that ends in BAD leaves it as it was.
  Selected* selected = session.selected();  // none: it may not be read any more
  if (wanted.give && wanted.give->save && is_refused(completion) && selected != nullptr) selected->saved.clear();
  co_return completion;
}

}  // namespace roost::imapd
