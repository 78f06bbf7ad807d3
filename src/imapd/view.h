// What one session has been told of its mailbox, and with it the only place where sequence numbers exist: handlers see
// Uid, and the view converts at the edge.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "accounts/accounts.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/uid_set.h"
#include "imap/message_label.h"
#include "imap/sequence_set.h"
#include "mail/engine.h"
#include "mail/snapshot.h"

namespace roost::imapd {

// Session state, kept while the session is parked: no snapshot. What the client has been told is the mailbox's current
// members below `uidnext`, and the ghosts.
struct Selected {
  accounts::AccountPtr account;  // as the user may use it; null once it is deselected
  MailboxId mailbox;
  bool read_only = false;    // by EXAMINE, or for want of rights when it was selected
  bool uid_only = false;     // Modes::uid_only, which cannot change while a mailbox is selected
  Uid uidnext{1};            // from here on the client knows of no message
  uint32_t exists = 0;       // how many it knows of: members below uidnext, and ghosts
  ModSeq modseq;             // changes up to here are in the fields below, or told
  ModSeq complete;           // everything up to here has been told; below the MODSEQ of every ghost (RFC 7162 3.2)
  bool claim_owed = false;   // the client must hear what it may take for HIGHESTMODSEQ: `complete`
  Position position;         // of the snapshot that was looked at last
  UidSet ghosts;             // expunged, and the client does not know yet
  bool ghosts_known = true;  // false: only how many there are, not which
  UidSet flags_owed;         // live, below uidnext: their flags changed and the client has not been told
  UidSet saved;              // "$": what the last SEARCH RETURN (SAVE) found (RFC 5182); may name what is gone
  UidSet recent;             // \Recent in this session (RFC 3501 2.3.2)
  uint32_t recent_told = 0;
  Rights rights_told;        // those that FLAGS and PERMANENTFLAGS were about
  size_t keywords_told = 0;  // how many of Mailbox::keywords() the client has seen in FLAGS
};

// Takes what happened since selected.modseq into account. Expunged messages that the client knows become ghosts; those
// that it never heard of vanish without a word. False where the delta does not account for the difference (so many
// expunges that their traces are gone, and messages among them): this client can no longer be told exactly.
[[nodiscard]] bool advance(Selected& selected, const mail::Mailbox& mailbox, const mail::MailboxDelta& delta);

// The client's numbering at one snapshot. Made for one command, or one step of it; valid until the session's Selected
// is advanced. The flags of all messages are in memory; what else there is of them, as catch_up() says.
class View {
 public:
  View(const Selected& selected, mail::SnapshotPtr snapshot);

  const mail::Mailbox& mailbox() const { return mailbox_; }
  const mail::SnapshotPtr& snapshot() const { return snapshot_; }

  // EXISTS, as the client knows it.
  uint32_t exists() const { return exists_; }
  // How many messages of the view are below `uid`: the sequence number of the first one from `uid` on, less one.
  uint32_t rank(Uid uid) const;
  // Within a range of consecutive uids that are all members, sequence numbers are consecutive too.
  SeqNum seq(Uid member) const { return SeqNum(rank(member) + 1); }
  // What responses call it. Within such a range labels are consecutive as well.
  imap::MessageLabel label(Uid member) const {
    return selected_->uid_only ? imap::MessageLabel(member) : imap::MessageLabel(seq(member));
  }
  // 1..exists().
  Uid uid(SeqNum seq) const;
  // The highest uid that the client may see; 0 in an empty view.
  Uid last() const;
  bool contains(Uid uid) const;
  const UidSet& ghosts() const { return selected_->ghosts; }

  // The messages that a command names by sequence number (RFC 9051 9: a number above EXISTS is bad), or by uid (those
  // that are not there are left out; `*` and what is above it mean the last message).
  Result<UidSet> resolve(const imap::SequenceSet& set, bool by_uid) const;
  // The same for SEARCH's key, where a number above EXISTS matches nothing.
  Result<UidSet> resolve_search(const imap::SequenceSet& set, bool by_uid) const;
  // Their sequence numbers.
  UidSet numbers(const UidSet& members) const;
  // The members of the view among `uids`, ghosts included.
  UidSet members(const UidSet& uids) const;
  UidSet all() const;

 private:
  uint32_t ghosts_below(Uid uid) const;
  UidSet known(const UidSet& uids) const;
  UidSet numbered(const std::vector<imap::SeqRange>& numbers) const;

  const Selected* selected_;
  mail::SnapshotPtr snapshot_;
  mail::Mailbox mailbox_;
  std::vector<uint32_t> ghosts_before_;  // the nth range of ghosts: how many ghosts the ranges before it hold
  uint32_t exists_ = 0;
};

}  // namespace roost::imapd
