// DELETE (RFC 9051 6.3.5).
#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/features/imap4rev2.h"
#include "imapd/features/own_changes.h"
#include "imapd/place.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_delete(Session& session, imap::Command& command) {
  const auto& [name, supplied] = std::get<imap::Delete>(command.body);
  ROOST_CO_TRY(Place place, co_await find_place(session, name));
  OwnName own(session, mail::NameChange::What::deleted, name);
  ROOST_CO_TRY_VOID(co_await place.account->execute(mail::DeleteMailbox{.name = place.name}));
  own.done();
  if (Selected* selected = session.selected()) {
    mail::SnapshotPtr snapshot = selected->account->snapshot();
    auto mailbox = snapshot->find(selected->mailbox);
    if (!mailbox || mailbox->noselect()) {
      session.deselect();
      imap::write_untagged(session.buffer(), imap::Condition::ok, imap::kClosed, "The selected mailbox was deleted.");
    }
  }
  tell_normalised(session, place, supplied);
  co_return done("DELETE completed.");
}

constexpr CommandRow kCommands[] = {
    {imap::Verb::delete_, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_delete},
};

}  // namespace

constinit const Feature kDelete = {.name = "delete", .commands = kCommands};

}  // namespace roost::imapd
