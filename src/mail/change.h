// What one record did, for whoever stood just before it.
#pragma once

#include <vector>

#include "base/ids.h"
#include "base/uid_set.h"

namespace roost::mail {

struct MailboxChange {
  MailboxId mailbox;
  UidSet appended;
  UidSet flags_changed;  // of messages that were there before
  UidSet expunged;
  bool deleted = false;       // the mailbox itself went (a session that has it selected is told CLOSED or BYE)
  bool list_changed = false;  // created, renamed, subscribed, its use or attributes changed
};

struct Change {
  Position before;  // the snapshot that this change leads from
  Position after;
  std::vector<MailboxChange> mailboxes;  // ascending by id, each once

  const MailboxChange* find(MailboxId id) const;
};

}  // namespace roost::mail
