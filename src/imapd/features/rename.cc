// RENAME (RFC 9051 6.3.6), also of INBOX and of trees: the engine's one record does it all.
#include "imap/mailbox_name.h"
#include "imapd/features/all.h"
#include "imapd/features/imap4rev2.h"
#include "imapd/features/own_changes.h"
#include "imapd/place.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_rename(Session& session, imap::Command& command) {
  const auto& rename = std::get<imap::Rename>(command.body);
  ROOST_CO_TRY(Place from, co_await find_place(session, rename.from));
  ROOST_CO_TRY(Place to, co_await place_to_create(session, rename.to));
  if (!same_account(from, to)) {
    // What is not to be seen is not told from what is not there.
    mail::SnapshotPtr snapshot = from.account->snapshot();
    ROOST_CO_TRY_VOID(
        mailbox_with(*from.account, *snapshot, from.name, Right::delete_mailbox, Code::nonexistent, true));
    if (!to.own()) co_return no_creation();
    co_return no(Code::cannot, "A mailbox cannot be renamed into another account.");
  }
  OwnName own(session, mail::NameChange::What::renamed, rename.to);
  ROOST_CO_TRY_VOID(co_await from.account->execute(mail::RenameMailbox{.from = from.name, .to = to.name}));
  own.done();
  // RFC 9051 6.3.6: INBOX has not gone, so nothing is said of it.
  if (from.name != imap::kInbox) {
    tell_mailbox(session, to, rename.supplied_from.empty() ? rename.from : rename.supplied_from);
  }
  co_return done("RENAME completed.");
}

constexpr CommandRow kCommands[] = {
    {imap::Verb::rename, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_rename},
};

}  // namespace

constinit const Feature kRename = {.name = "rename", .commands = kCommands};

}  // namespace roost::imapd
