// RENAME (RFC 9051 6.3.6), also of INBOX and of trees: the engine's one record does it all.
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_rename(Session& session, imap::Command& command) {
  auto& rename = std::get<imap::Rename>(command.body);
  ROOST_CO_TRY_VOID(co_await session.account().execute(
      mail::RenameMailbox{.from = std::move(rename.from), .to = std::move(rename.to)}));
  co_return done("RENAME completed.");
}

constexpr CommandRow kCommands[] = {
    {imap::Verb::rename, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_rename},
};

}  // namespace

constinit const Feature kRename = {.name = "rename", .commands = kCommands};

}  // namespace roost::imapd
