// SELECT and EXAMINE (RFC 3501 6.3.1, 6.3.2), with CONDSTORE and QRESYNC (RFC 7162 3.1.8, 3.2.5).
#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/features/condstore.h"
#include "imapd/features/qresync.h"
#include "imapd/session.h"
#include "imapd/telling.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_select(Session& session, imap::Command& command) {
  auto& select = std::get<imap::Select>(command.body);
  if (select.qresync && !session.modes().qresync) co_return bad("ENABLE QRESYNC first.");
  if (session.selected() != nullptr) {
    session.deselect();  // also if what follows fails
    imap::write_untagged(session.buffer(), imap::Condition::ok, imap::kClosed, "Previous mailbox closed.");
  }
  mail::SnapshotPtr snapshot = session.account().snapshot();
  auto mailbox = snapshot->find(select.mailbox);
  if (!mailbox || mailbox->noselect()) co_return no(Code::nonexistent, "No such mailbox.");
  const MailboxId id = mailbox->id();
  ROOST_CO_TRY(snapshot, co_await session.account().load(id));
  mailbox = snapshot->find(id);
  if (!mailbox || mailbox->noselect()) co_return no(Code::nonexistent, "No such mailbox.");
  if (select.condstore) enable_condstore(session);
  session.select(open_view(session, snapshot, *mailbox, select.read_only));
  if (select.qresync) ROOST_CO_TRY_VOID(co_await resynchronise(session, *std::move(select.qresync)));
  if (select.read_only) co_return done(imap::ResponseCode(imap::kReadOnly), "EXAMINE completed.");
  co_return done(imap::ResponseCode(imap::kReadWrite), "SELECT completed.");
}

constexpr CommandRow kCommands[] = {
    {imap::Verb::select, kLoggedIn, Hazard::ignores, kNameLiteralBytesMax, kSmallCommandBytes, run_select},
    {imap::Verb::examine, kLoggedIn, Hazard::ignores, kNameLiteralBytesMax, kSmallCommandBytes, run_select},
};

}  // namespace

constinit const Feature kSelect = {.name = "select", .commands = kCommands};

}  // namespace roost::imapd
