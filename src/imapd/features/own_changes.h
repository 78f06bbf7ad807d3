// What a session did itself, of which it is not notified (RFC 5465 5). Nothing of this costs anything for a session
// that asked for no notifications.
#pragma once

#include <string>

#include "base/ids.h"
#include "base/uid_set.h"
#include "imapd/session.h"
#include "mail/change.h"

namespace roost::imapd {

// After the operation: messages that APPEND, COPY or MOVE made in a mailbox of `account`.
void note_own_arrivals(Session& session, AccountId account, MailboxId mailbox, const UidSet& uids);
// After SETMETADATA in that account: its MODSEQ; 0: nothing changed.
void note_own_metadata(Session& session, AccountId account, ModSeq modseq);

// Around an operation on a name, as the client spells it. If the operation fails, what became of the name was somebody
// else's doing.
class OwnName {
 public:
  OwnName(Session& session, mail::NameChange::What what, std::string name);
  OwnName(const OwnName&) = delete;
  OwnName& operator=(const OwnName&) = delete;
  ~OwnName();

  void done() { done_ = true; }

 private:
  Session& session_;
  const std::string name_;
  bool done_ = false;
};

}  // namespace roost::imapd
