// EXPUNGE (RFC 9051 6.4.3) and UID EXPUNGE (RFC 4315 2.1). What went is told like any other change, before the OK.
// RFC 9738 3.1: EXPUNGE has no limit, UID EXPUNGE has one on messages that are \Deleted.
#include "imapd/features/all.h"
#include "imapd/features/message_limit.h"
#include "imapd/progress_teller.h"
#include "imapd/session.h"
#include "imapd/telling.h"

namespace roost::imapd {
namespace {

UidSet deleted_of(const View& view, const UidSet& uids) {
  UidSet deleted;
  for (const UidRange& range : uids) {
    view.mailbox().for_each_hot(range.first, range.last, [&](Uid uid, const mail::Hot& hot) {
      if (hot.flags.has(SystemFlag::deleted)) deleted.append(uid);
      return true;
    });
  }
  return deleted;
}

task<Result<Completion>> run_expunge(Session& session, imap::Command& command) {
  const auto& expunge = std::get<imap::Expunge>(command.body);
  if (session.selected()->read_only) co_return no(Code::read_only, "The mailbox is read-only.");
  mail::Expunge operation{.mailbox = session.selected()->mailbox};
  Limited messages;
  if (expunge.uids) {
    ROOST_CO_TRY(View view, co_await catch_up(session, Needs::flags));
    ROOST_CO_TRY(messages.uids, view.resolve(*expunge.uids, true));
    if (session.config().messages_per_command_max != 0) {
      messages = limit_messages(session, deleted_of(view, messages.uids));
    }
    operation.only = messages.uids;
  }
  ROOST_CO_TRY_VOID(co_await execute_and_tell(session, std::move(operation)));
  Result<Completion> completion = done("EXPUNGE completed.");
  say_limit(session, messages, completion);
  co_return completion;
}

constexpr Capability kCapabilities[] = {{"UIDPLUS", kLoggedIn}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::expunge, kSelected, Hazard::breaks, 0, kSmallCommandBytes, run_expunge},
    {imap::Verb::uid_expunge, kSelected, Hazard::breaks, 0, kSmallCommandBytes, run_expunge},
};

}  // namespace

constinit const Feature kExpunge = {.name = "expunge", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
