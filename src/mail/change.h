// What one record did, for whoever stood just before it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/uid_set.h"

namespace roost::mail {

// Of the \Seen that a user has for himself, who alone is told of it.
struct SeenChange {
  AccountId user;
  UidSet uids;  // of messages that were there before
};

struct MailboxChange {
  MailboxId mailbox;
  UidSet appended;
  UidSet flags_changed;  // of messages that were there before
  UidSet expunged;
  bool deleted = false;       // the mailbox itself went (a session that has it selected is told CLOSED or BYE)
  bool list_changed = false;  // created, renamed, subscribed, its use or attributes changed
  bool acl_changed = false;   // who may see it, or do what, may be others now
  std::vector<SeenChange> seen_changed = {};  // each user once

  // Of the messages that were there before, those whose flags `user` sees changed; 0: whoever has no \Seen of his own.
  UidSet flags_changed_for(AccountId user) const;
};

// What became of a name, for those who are told of names (RFC 5465 5.4, 5.5). A mailbox's children go with it without
// a word, where it is renamed. Who gains or loses the right to see a name would be told the same way: created, deleted.
struct NameChange {
  enum class What : uint8_t { created, deleted, renamed, subscribed, unsubscribed };
  What what = What::created;
  std::string name;        // as it is now, or was last
  std::string old_name;    // renamed only
  uint32_t operation = 0;  // which one of the record, from 1: all that it did has the same
};

// RFC 5464: the entry's value is another one, or gone.
struct MetadataChange {
  MailboxId mailbox;  // 0: the user's own, on the server
  AccountId user;     // whose private entry it is; 0: shared
  std::string entry;  // in lower case
  ModSeq modseq;      // of the operation
};
// The entry that special uses appear as (RFC 6154 4). It changes for everybody: a mailbox has its uses for all.
inline constexpr std::string_view kSpecialUseEntry = "/private/specialuse";

struct Change {
  Position before;  // the snapshot that this change leads from
  Position after;
  std::vector<MailboxChange> mailboxes;  // ascending by id, each once
  std::vector<NameChange> names = {};    // in the order in which it happened
  std::vector<MetadataChange> metadata = {};

  const MailboxChange* find(MailboxId id) const;
  // Somebody else's checkpoint replaced what lies between: whoever stood before has to look for himself.
  bool is_unknown() const { return before == after; }
};

}  // namespace roost::mail
