#include "imapd/features/copying.h"

namespace roost::imapd {

task<Result<mail::Copied>> copy_messages(Session& session, const imap::Copy& copy) {
  ROOST_CO_TRY(View view, co_await catch_up(session));
  ROOST_CO_TRY(UidSet uids, view.resolve(copy.set, copy.uid));
  UidSet live = uids.subtract(view.ghosts());
  if (!copy.uid && live.count() != uids.count()) {
    co_return no(Code::expunge_issued, "Some of the messages have been deleted.");
  }
  auto target = view.snapshot()->find(copy.mailbox);
  if (!target || target->noselect()) co_return no(Code::try_create, "No such mailbox.");
  if (live.empty()) co_return mail::Copied{};
  // By number none may be left out (RFC 3501 6.4.7), also if it was expunged since the view was made.
  mail::Copy operation{.from = session.selected()->mailbox,
                       .uids = std::move(live),
                       .to = copy.mailbox,
                       .move = copy.move,
                       .all_or_none = !copy.uid};
  ROOST_CO_TRY(mail::OperationResult result, co_await session.account().execute(std::move(operation)));
  co_return std::get<mail::Copied>(std::move(result));
}

}  // namespace roost::imapd
