// What can be asked of an account. An operation is planned against a snapshot, as often as conflicts make it necessary;
// it holds no result of an earlier planning.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/flags.h"
#include "base/ids.h"
#include "base/rights.h"
#include "base/uid_set.h"
#include "mail/jump.h"
#include "mail/quota.h"
#include "mail/row.h"

namespace roost::mail {

// A mailbox by its id (a selected one, stable over RENAME) or by its name, in UTF-8, normalised by imap/ ("INBOX" in
// capitals).
using MailboxRef = std::variant<MailboxId, std::string>;

struct NewMessage {
  SystemFlags flags;
  std::vector<std::string> keywords;
  InternalDate internal_date;
  uint64_t size = 0;
  std::shared_ptr<const Bytes> body;  // a small body, stored with the commit; null if `blob` was put before
  BlobId blob;
  std::shared_ptr<const Bytes> card;  // encoded
  ObjectId email_id;
  ObjectId thread_id;
};

// APPEND, MULTIAPPEND and delivery: all messages or none. NO [TRYCREATE] where the mailbox is missing.
struct Append {
  MailboxRef mailbox;
  std::vector<NewMessage> messages;
};
struct Appended {
  MailboxId mailbox;
  UidValidity uidvalidity;
  Uid first;  // the messages have ascending uids from here without a gap
  ModSeq modseq;
};

// REPLACE (RFC 8508): `message` arrives in `to` and `uid` goes from `from`, both or neither. The answer is Appended.
// NO [EXPUNGEISSUED] where `uid` is not there any more, NO [TRYCREATE] where `to` is missing.
struct Replace {
  MailboxId from;
  Uid uid;
  MailboxRef to;
  NewMessage message;
};

enum class StoreHow : uint8_t { replace, add, remove };

// STORE. Uids that are not there are left out silently.
struct Store {
  MailboxId mailbox;
  UidSet uids;
  StoreHow how = StoreHow::add;
  SystemFlags flags;
  std::vector<std::string> keywords;
  std::optional<ModSeq> unchanged_since;  // RFC 7162 3.1.3
};
struct Stored {
  UidSet changed;   // those whose flags are different now; they have `modseq`
  UidSet modified;  // refused by unchanged_since
  ModSeq modseq;    // 0 where nothing changed
};

// EXPUNGE, UID EXPUNGE (only `only`), CLOSE: what has \Deleted goes.
struct Expunge {
  MailboxId mailbox;
  std::optional<UidSet> only;
};
struct Expunged {
  UidSet uids;
  ModSeq modseq;  // 0 where nothing went
};

// COPY and MOVE within an account, in one record. Uids that are not there are left out, or refused with expunge_issued.
struct Copy {
  MailboxId from;
  UidSet uids;
  MailboxRef to;
  bool move = false;
  bool all_or_none = false;
};
struct Copied {
  MailboxId to;
  UidValidity uidvalidity;
  UidSet source;  // nth of source became nth of target (COPYUID)
  UidSet target;
  ModSeq modseq;
};

// RFC 6154 and 8457: without the backslash, as "Sent".
struct CreateMailbox {
  std::string name;
  std::vector<std::string> special_use;
};
struct Created {
  MailboxId mailbox;
  UidValidity uidvalidity;
};

// Without its children: a name with children stays as \Noselect until it is deleted itself, as in RFC 9051 6.3.5.
struct DeleteMailbox {
  std::string name;
};

// With its children; INBOX as RFC 9051 6.3.6 says: its messages move, its children stay.
struct RenameMailbox {
  std::string from;
  std::string to;
};

// RFC 4314 3.1, 3.2. An identifier that is left without rights has no entry.
struct SetAcl {
  std::string mailbox;
  std::string identifier;  // mail/acl.h
  enum class How : uint8_t { replace, add, remove } how = How::replace;
  Rights rights;
};

struct Subscribe {
  std::string name;  // need not exist
  bool on = true;
};

// SETMETADATA (RFC 5464 4.3): all of it or nothing. The caller has checked names, sizes and who may.
struct SetMetadata {
  struct Entry {
    AccountId user;              // whose private entry it is; 0: shared
    std::string name;            // in lower case: "/private/comment"
    std::optional<Bytes> value;  // none: it goes
  };
  std::optional<std::string> mailbox;  // none: the user's own, on the server
  std::vector<Entry> entries;
  std::optional<std::vector<std::string>> special_use;  // the mailbox's from now on; other mailboxes lose them
};
struct MetadataSet {
  bool too_many = false;            // nothing was done: there are metadata_entries_max
  ModSeq modseq;                    // of what changed
  std::vector<MailboxId> lost_use;  // mailboxes that lost a special use
};

// The account's own limits (RFC 9208); nothing: those of the configuration, from now on.
struct SetQuota {
  std::optional<QuotaLimits> limits;
};

// \Recent: everything below `next` has been told to a session as recent. Without a MODSEQ.
struct ClaimRecent {
  MailboxId mailbox;
  Uid next;
};

// Sets aside blob serials for uploads that come before their commit, so that one which never commits can be found.
struct ReserveBlobs {
  uint32_t count = 1;
  int64_t now = 0;  // seconds since 1970 UTC
};
struct Reserved {
  uint64_t first_serial = 0;
  uint32_t count = 0;
};

// The collector: these blobs, dead for longer than the retention time, or reserved and never used, are being deleted.
struct ForgetBlobs {
  std::vector<BlobId> blobs;
};

struct Forgotten {
  std::vector<BlobId> blobs;  // without those that are in use after all: only these may be deleted
};

// The first operation of every account: where its UIDVALIDITY starts (the clock at its creation, so that removing and
// adding a user never repeats one). Does nothing to an account that has it.
struct Initialise {
  UidValidity uidvalidity_seed;
};

// Brings back what was expunged, and mailboxes that were deleted, as long as they are kept. With new UIDs.
struct Undelete {
  // What comes back: all that left since `time` and is nowhere else in the account by now; or all that each mailbox had
  // at `time` and does not have now, wherever it went.
  enum class Which : uint8_t { left_since, there_at };
  std::optional<std::string> mailbox;  // as it is called now, or was when it was deleted; none: all of them
  Which which = Which::left_since;
  int64_t time = 0;        // seconds since 1970 UTC
  bool look_only = false;  // answers what would come back
};
struct Undeleted {
  struct Place {
    std::string mailbox;
    bool deleted = false;  // it was, and is made again
    uint64_t messages = 0;
    uint64_t bytes = 0;
    int64_t first_left = 0;  // seconds since 1970 UTC
    int64_t last_left = 0;
  };
  std::vector<Place> places;  // in the order of their names
  uint64_t lost = 0;          // messages whose bodies are not kept any more
};

// After a restore, before anybody is served: everything that clients may have seen in the time that is lost is left
// behind (JumpEffect).
struct Jump {
  JumpDistance distance;
  uint32_t uidvalidity_min = 0;  // of mailboxes that are made from now on
};

struct Done {};

using Operation =
    std::variant<Append, Replace, Store, Expunge, Copy, CreateMailbox, DeleteMailbox, RenameMailbox, Subscribe,
                 ClaimRecent, ReserveBlobs, ForgetBlobs, Initialise, SetMetadata, SetAcl, SetQuota, Undelete, Jump>;
using OperationResult =
    std::variant<Done, Appended, Stored, Expunged, Copied, Created, Reserved, Forgotten, MetadataSet, Undeleted>;

}  // namespace roost::mail
