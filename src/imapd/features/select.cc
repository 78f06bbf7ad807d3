// SELECT and EXAMINE (RFC 3501 6.3.1, 6.3.2), with CONDSTORE and QRESYNC (RFC 7162 3.1.8, 3.2.5).
#include "imap/response.h"
#include "imapd/features.h"
#include "imapd/features/all.h"
#include "imapd/features/condstore.h"
#include "imapd/features/qresync.h"
#include "imapd/place.h"
#include "imapd/session.h"
#include "imapd/telling.h"

namespace roost::imapd {
namespace {

// RFC 4314 5.2: without any of them a mailbox is READ-ONLY.
constexpr Rights kRightsToWrite = Right::insert | Right::expunge | Right::seen | Right::write | Right::delete_messages;

// What every mailbox has to say for itself (RFC 3501 6.3.1, RFC 9051 6.3.2, which has neither RECENT nor UNSEEN).
void say_what_is_there(Session& session, const mail::Mailbox& mailbox) {
  const Selected& selected = *session.selected();
  Bytes& out = session.buffer();
  using imap::Condition;
  imap::write_flags_response(out, SystemFlags::all(), mailbox.keywords());
  imap::ResponseCode permanent = permanent_flags(session, mailbox);
  imap::write_untagged(out, Condition::ok, permanent, selected.read_only ? "Read-only mailbox." : "Flags permitted.");
  imap::write_exists(out, selected.exists);
  if (!session.modes().rev2) {
    imap::write_recent(out, selected.recent_told);
    auto unseen = mailbox.first_unseen();
    if (unseen && !session.modes().uid_only) {  // it is a message number (RFC 9586 3)
      imap::write_untagged(out, Condition::ok, imap::code_unseen(SeqNum(mailbox.rank(*unseen) + 1)), "First unseen.");
    }
  }
  imap::write_untagged(out, Condition::ok, imap::code_uid_validity(mailbox.uidvalidity()), "UIDs valid.");
  imap::write_untagged(out, Condition::ok, imap::code_uid_next(selected.uidnext), "Predicted next UID.");
}

void say_by_features(Session& session, const imap::Select& select, const mail::Mailbox& mailbox) {
  for (const Feature* feature : all_features()) {
    if (feature->at_select != nullptr) feature->at_select(session, select, mailbox);
  }
}

// Beside its counters: a mailbox of a million messages is opened without their rows, which most commands need few of.
task<Result<mail::SnapshotPtr>> load_what_is_said(Session& session, accounts::Account& account, MailboxId id) {
  const bool says_recent = !session.modes().rev2;
  for (mail::SnapshotPtr snapshot = account.snapshot();;) {
    auto mailbox = snapshot->find(id);
    if (!mailbox) co_return no_such_mailbox();
    Uid recent = mailbox->uidnext();
    if (says_recent) recent = session.services().recent_claims.unclaimed(account.id(), id, logged_claim(account, id));
    mail::Rows rows = mailbox->rows_to_open(recent);
    if (mailbox->missing_pages(rows).empty()) co_return snapshot;
    ROOST_CO_TRY(snapshot, co_await account.load(id, std::move(rows)));
  }
}

task<Result<Completion>> run_select(Session& session, imap::Command& command) {
  auto& select = std::get<imap::Select>(command.body);
  if (select.qresync && !session.modes().qresync) co_return bad("ENABLE QRESYNC first.");
  if (session.modes().uid_only && select.qresync && !select.qresync->known_numbers.empty()) {
    co_return uid_required();  // RFC 9586 3.7
  }
  session.leave_mailbox();  // also if what follows fails
  ROOST_CO_TRY(Place place, co_await find_place(session, select.mailbox));
  accounts::AccountPtr account = place.account;
  mail::SnapshotPtr snapshot = account->snapshot();
  auto mailbox = mailbox_with(*account, *snapshot, place.name, Right::read);
  if (!mailbox) co_return std::unexpected(mailbox.error());
  const MailboxId id = mailbox->id();
  ROOST_CO_TRY(snapshot, co_await load_what_is_said(session, *account, id));
  auto loaded = snapshot->find(id);
  if (!loaded || loaded->noselect()) co_return no_such_mailbox();
  if (select.condstore) enable_condstore(session);
  const bool read_only =
      select.read_only || session.is_read_only() || !account->rights(*loaded).has_any(kRightsToWrite);
  session.select(open_view(session, std::move(account), snapshot, *loaded, read_only));
  say_what_is_there(session, *loaded);
  say_by_features(session, select, *loaded);
  if (select.qresync) ROOST_CO_TRY_VOID(co_await resynchronise(session, *std::move(select.qresync)));
  if (read_only) co_return done(imap::ResponseCode(imap::kReadOnly), "Opened to be read only.");
  co_return done(imap::ResponseCode(imap::kReadWrite), "SELECT completed.");
}

constexpr CommandRow kCommands[] = {
    {imap::Verb::select, kLoggedIn, Hazard::ignores, kNameLiteralBytesMax, kSmallCommandBytes, run_select},
    {imap::Verb::examine, kLoggedIn, Hazard::ignores, kNameLiteralBytesMax, kSmallCommandBytes, run_select},
};

}  // namespace

constinit const Feature kSelect = {.name = "select", .commands = kCommands};

}  // namespace roost::imapd
