// EXPUNGE (RFC 9051 6.4.3) and UID EXPUNGE (RFC 4315 2.1). What went is told like any other change, before the OK.
#include "imapd/features/all.h"
#include "imapd/session.h"
#include "imapd/telling.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_expunge(Session& session, imap::Command& command) {
  const auto& expunge = std::get<imap::Expunge>(command.body);
  if (session.selected()->read_only) co_return no(Code::read_only, "The mailbox is read-only.");
  mail::Expunge operation{.mailbox = session.selected()->mailbox};
  if (expunge.uids) {
    ROOST_CO_TRY(View view, co_await catch_up(session));
    ROOST_CO_TRY(operation.only, view.resolve(*expunge.uids, true));
  }
  ROOST_CO_TRY_VOID(co_await session.account().execute(std::move(operation)));
  co_return done("EXPUNGE completed.");
}

constexpr Capability kCapabilities[] = {{"UIDPLUS", kLoggedIn}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::expunge, kSelected, Hazard::breaks, 0, kSmallCommandBytes, run_expunge},
    {imap::Verb::uid_expunge, kSelected, Hazard::breaks, 0, kSmallCommandBytes, run_expunge},
};

}  // namespace

constinit const Feature kExpunge = {.name = "expunge", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
