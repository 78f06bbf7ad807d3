#include "imapd/features/status_row.h"

#include "imapd/features/object_id.h"

#include "imapd/features/condstore.h"

namespace roost::imapd {
namespace {

// Does not claim (RFC 3501 6.3.10).
task<Result<uint32_t>> count_recent(Session& session, const mail::Mailbox& mailbox) {
  MailboxId id = mailbox.id();
  Uid first = session.services().recent_claims.unclaimed(session.account().id(), id, mailbox.recent_uid());
  if (first >= mailbox.uidnext() || mailbox.messages() == 0) co_return 0u;
  ROOST_CO_TRY(mail::SnapshotPtr loaded, co_await session.account().load(id));
  auto newest = loaded->find(id);
  if (!newest) co_return 0u;
  co_return newest->messages() - newest->rank(first);
}

}  // namespace

imap::StatusRow counters_of(const Session& session, const mail::Mailbox& mailbox) {
  return {.messages = mailbox.messages(),
          .unseen = mailbox.unseen(),
          .deleted = mailbox.deleted(),
          .uid_next = mailbox.uidnext(),
          .uid_validity = mailbox.uidvalidity(),
          .size = mailbox.bytes(),
          .append_limit = session.services().accounts.config().message_bytes_max,
          .highest_mod_seq = mailbox.highest_modseq(),
          .mailbox_id = spell_mailbox_id(session.account().id(), mailbox.id())};
}

task<Result<imap::StatusRow>> status_row(Session& session, const Bytes& name, imap::StatusItems items) {
  if (items.has(imap::StatusItem::highest_mod_seq)) enable_condstore(session);
  mail::SnapshotPtr snapshot = session.account().snapshot();
  auto mailbox = snapshot->find(name);
  if (!mailbox || mailbox->noselect()) co_return no(Code::nonexistent, "No such mailbox.");
  imap::StatusRow row = counters_of(session, *mailbox);
  if (items.has(imap::StatusItem::recent)) {
    ROOST_CO_TRY(row.recent, co_await count_recent(session, *mailbox));
  }
  co_return row;
}

}  // namespace roost::imapd
