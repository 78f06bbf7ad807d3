#include <algorithm>

#include "mail/account_state.h"
#include "mail/checkpoint.h"
#include "mail/mailbox_path.h"

namespace roost::mail {

SnapshotPtr empty_account(AccountId id, UidValidity uidvalidity_seed) {
  AccountState state;
  state.id = id;
  state.next_uidvalidity = std::max(uidvalidity_seed.value, 1U);
  state.layout = std::make_shared<const Layout>();

  auto inbox = std::make_shared<MailboxState>();
  inbox->account = id;
  inbox->id = state.next_mailbox;
  inbox->uidvalidity = UidValidity(state.next_uidvalidity);
  inbox->label = std::make_shared<const MailboxName>(MailboxName{std::string(kInbox), {}});
  inbox->keywords = KeywordTable::empty();
  state.next_mailbox = state.next_mailbox.next();
  ++state.next_uidvalidity;
  state.names.set(std::string(kInbox), inbox->id);
  state.selectable = 1;
  state.resident_bytes = inbox->resident_bytes();
  state.dirty_bytes = inbox->dirty_bytes();
  const MailboxId inbox_id = inbox->id;
  state.mailboxes.set(inbox_id, std::move(inbox));
  return std::make_shared<const Snapshot>(std::make_shared<const AccountState>(std::move(state)));
}

bool is_unseeded(const Snapshot& snapshot) { return snapshot.state().next_uidvalidity == kUnseeded.next().value; }

}  // namespace roost::mail
