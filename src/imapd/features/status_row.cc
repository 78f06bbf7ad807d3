#include "imapd/features/status_row.h"

#include "imapd/features/object_id.h"

#include "imapd/features/condstore.h"
#include "imapd/place.h"

namespace roost::imapd {
namespace {

// Does not claim (RFC 3501 6.3.10).
task<Result<uint32_t>> count_recent(Session& session, accounts::Account& account, mail::Mailbox mailbox) {
  MailboxId id = mailbox.id();
  Uid first = session.services().recent_claims.unclaimed(account.id(), id, logged_claim(account, id));
  if (first >= mailbox.uidnext() || mailbox.messages() == 0) co_return 0u;
  ROOST_CO_TRY(mail::SnapshotPtr loaded, co_await account.load(id, mailbox.rows_to_open(first)));
  auto newest = loaded->find(id);
  if (!newest) co_return 0u;
  co_return newest->messages() - newest->rank(first);
}

}  // namespace

imap::StatusRow counters_of(const Session& session, AccountId account, const mail::Mailbox& mailbox) {
  return {.messages = mailbox.messages(),
          .unseen = mailbox.unseen(),
          .deleted = mailbox.deleted(),
          .deleted_storage = mailbox.deleted_bytes(),
          .uid_next = mailbox.uidnext(),
          .uid_validity = mailbox.uidvalidity(),
          .size = mailbox.bytes(),
          .append_limit = session.services().accounts.config().message_bytes_max,
          .highest_mod_seq = mailbox.highest_modseq(),
          .mailbox_id = spell_mailbox_id(account, mailbox.id())};
}

task<Result<imap::StatusRow>> status_row(Session& session, accounts::AccountPtr account, Bytes name,
                                         imap::StatusItems items) {
  if (items.has(imap::StatusItem::highest_mod_seq)) enable_condstore(session);
  mail::SnapshotPtr snapshot = account->snapshot();
  auto mailbox = mailbox_with(*account, *snapshot, name, Right::read);
  if (!mailbox) co_return std::unexpected(mailbox.error());
  imap::StatusRow row = counters_of(session, account->id(), *mailbox);
  if (items.has(imap::StatusItem::recent)) {
    ROOST_CO_TRY(row.recent, co_await count_recent(session, *account, *mailbox));
  }
  co_return row;
}

}  // namespace roost::imapd
