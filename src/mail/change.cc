#include "mail/change.h"

#include <algorithm>

namespace roost::mail {

UidSet MailboxChange::flags_changed_for(AccountId user) const {
  auto own = std::ranges::find(seen_changed, user, &SeenChange::user);
  return own == seen_changed.end() ? flags_changed : flags_changed.unite(own->uids);
}

const MailboxChange* Change::find(MailboxId id) const {
  auto it = std::ranges::lower_bound(mailboxes, id, {}, &MailboxChange::mailbox);
  return it != mailboxes.end() && it->mailbox == id ? &*it : nullptr;
}

}  // namespace roost::mail
