#include "mail/change.h"

#include <algorithm>

namespace roost::mail {

const MailboxChange* Change::find(MailboxId id) const {
  auto it = std::ranges::lower_bound(mailboxes, id, {}, &MailboxChange::mailbox);
  return it != mailboxes.end() && it->mailbox == id ? &*it : nullptr;
}

}  // namespace roost::mail
