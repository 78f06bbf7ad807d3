// RENAME (RFC 9051 6.3.6), also of INBOX and of trees: the engine's one record does it all.
#include "imap/mailbox_name.h"
#include "imapd/features/all.h"
#include "imapd/features/imap4rev2.h"
#include "imapd/features/own_changes.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_rename(Session& session, imap::Command& command) {
  const auto& rename = std::get<imap::Rename>(command.body);
  OwnName own(session, mail::NameChange::What::renamed, rename.to);
  ROOST_CO_TRY_VOID(co_await session.account().execute(mail::RenameMailbox{.from = rename.from, .to = rename.to}));
  own.done();
  // RFC 9051 6.3.6: INBOX has not gone, so nothing is said of it.
  if (rename.from != imap::kInbox) {
    tell_mailbox(session, rename.to, rename.supplied_from.empty() ? rename.from : rename.supplied_from);
  }
  co_return done("RENAME completed.");
}

constexpr CommandRow kCommands[] = {
    {imap::Verb::rename, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_rename},
};

}  // namespace

constinit const Feature kRename = {.name = "rename", .commands = kCommands};

}  // namespace roost::imapd
