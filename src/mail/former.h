// An account as it was at a time, as far as it is still kept: for whoever looks for what is gone (decisions/0012). A
// mailbox has the name that it has now, or had last; its messages have the UIDs that they had, and the flags that they
// have now, or had last.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/ids.h"
#include "mail/acl.h"
#include "mail/engine.h"
#include "mail/snapshot.h"

namespace roost::mail {

// One that may have been there: whether anything was in it, its rows tell.
struct FormerMailbox {
  std::string name;
  MailboxId id;
};

// In the order of their names, each name once; `name`: that one alone. Of several that had it, the one that was deleted
// first since `time` (seconds since 1970 UTC).
std::vector<FormerMailbox> former_mailboxes(const Snapshot& now, int64_t time, std::optional<std::string_view> name);

// What has to be in memory for the functions below. Empty for a mailbox that is gone.
std::vector<PageId> pages_of_former(const Snapshot& now, MailboxId mailbox);

// Bodies of messages that left the mailbox since `time` and are not on the dead list: another mailbox has them, or they
// are not kept any more. Whoever can read them finds out.
std::vector<BlobId> doubtful_bodies(const Snapshot& now, MailboxId mailbox, int64_t time);

// What a former mailbox was made of, to be asked later whether it is all kept still.
struct FormerSource {
  MailboxId mailbox;
  ModSeq oldest_expunge;  // of messages that it shows; 0: none
  ModSeq newest;          // the account's, when it was looked at
};
// False where something of it may have been forgotten since, for want of room or time, or by a purge.
bool is_kept(const Snapshot& now, const FormerSource& source);

// Puts mailboxes as they were into an account of their own, which nothing can be done with but reading.
class FormerAccount {
 public:
  // `acl`: of all its mailboxes.
  FormerAccount(const Snapshot& now, Acl acl);

  // `now` may be another one than before, with this mailbox's pages in memory. `gone`: serials of bodies that are not
  // kept, whose messages are left out. Without `rows` its counters can be read and nothing else. One that held nothing
  // is left out: whether it was there then, nobody knows.
  void add(const Snapshot& now, const FormerMailbox& mailbox, int64_t time, const std::unordered_set<uint64_t>& gone,
           bool rows);

  SnapshotPtr snapshot() const;
  const std::vector<FormerSource>& sources() const { return sources_; }

 private:
  std::shared_ptr<AccountState> state_;
  std::shared_ptr<const Acl> acl_;
  std::vector<FormerSource> sources_;
};

}  // namespace roost::mail
