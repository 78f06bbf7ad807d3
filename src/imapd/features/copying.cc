#include "imapd/features/copying.h"

#include "imapd/features/own_changes.h"
#include "imapd/progress_teller.h"

namespace roost::imapd {
namespace {

// RFC 9738 3.1: COPY has to be atomic. The UID is that of the last message which there would have been room for.
std::optional<Completion> refuse_too_many(const Session& session, const UidSet& uids) {
  uint32_t messages_max = session.config().messages_made_max();
  if (messages_max == 0 || uids.count() <= messages_max) return std::nullopt;
  UidSet highest = part_of(uids, {.first = 1, .last = messages_max, .from_end = true});
  return too_many_messages(messages_max, highest.first());
}

}  // namespace

task<Result<Copying>> copy_messages(Session& session, const imap::Copy& copy) {
  ROOST_CO_TRY(View view, co_await catch_up(session));
  ROOST_CO_TRY(UidSet uids, view.resolve(copy.set, copy.uid));
  UidSet live = uids.subtract(view.ghosts());
  if (!copy.uid && live.count() != uids.count()) {
    co_return no(Code::expunge_issued, "Some of the messages have been deleted.");
  }
  auto target = view.snapshot()->find(copy.mailbox);
  if (!target || target->noselect()) co_return no(Code::try_create, "No such mailbox.");
  if (live.empty()) co_return Copying{};
  Copying out{.copied = {}, .messages = {}, .refused = {}};
  if (copy.move) {
    out.messages = limit_messages(session, std::move(live));
    live = out.messages.uids;
  } else if ((out.refused = refuse_too_many(session, live))) {
    co_return out;
  }
  // By number none may be left out (RFC 3501 6.4.7), also if it was expunged since the view was made.
  mail::Copy operation{.from = session.selected()->mailbox,
                       .uids = std::move(live),
                       .to = copy.mailbox,
                       .move = copy.move,
                       .all_or_none = !copy.uid};
  ROOST_CO_TRY(mail::OperationResult result, co_await execute_and_tell(session, std::move(operation)));
  out.copied = std::get<mail::Copied>(std::move(result));
  note_own_arrivals(session, out.copied.to, out.copied.target);
  co_return out;
}

}  // namespace roost::imapd
