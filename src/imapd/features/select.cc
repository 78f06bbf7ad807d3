// SELECT and EXAMINE (RFC 3501 6.3.1, 6.3.2).
#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/session.h"
#include "imapd/telling.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_select(Session& session, imap::Command& command) {
  const auto& select = std::get<imap::Select>(command.body);
  if (session.selected() != nullptr) {
    session.deselect();  // also if what follows fails
    imap::write_untagged(session.buffer(), imap::Condition::ok, imap::kClosed, "Previous mailbox closed.");
  }
  auto found = session.account().snapshot()->find(select.mailbox);
  if (!found || found->noselect()) co_return no(Code::nonexistent, "No such mailbox.");
  ROOST_CO_TRY(mail::SnapshotPtr snapshot, co_await session.account().load(found->id()));
  auto mailbox = snapshot->find(found->id());
  if (!mailbox || mailbox->noselect()) co_return no(Code::nonexistent, "No such mailbox.");
  session.select(open_view(session, snapshot, *mailbox, select.read_only));
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
