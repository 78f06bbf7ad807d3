// What a record says: plain facts about one operation after the other, which fold applies without deciding anything.
// docs/formats/record.md is the byte format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/flags.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/uid_set.h"
#include "mail/acl.h"
#include "mail/chunk.h"
#include "mail/keyword_table.h"
#include "mail/quota.h"
#include "mail/row.h"

namespace roost::mail {

constexpr uint8_t kRecordVersion = 1;

// The first effect of every operation. Effects that follow use its modseq and its time.
struct StampEffect {
  ModSeq modseq;     // the account's next one, or 0: nothing of this operation has a MODSEQ
  int64_t time = 0;  // seconds since 1970 UTC
};

// New keywords and keyword sets of a mailbox, numbered on from those that it has.
struct KeywordsEffect {
  MailboxId mailbox;
  uint32_t names_before = 0;
  std::vector<std::string> names;
  uint32_t sets_before = 0;
  std::vector<KeywordIndexes> sets;
};

struct AppendedRow {
  SystemFlags flags;
  KeywordSet keywords;
  InternalDate internal_date;
  uint64_t size = 0;
  uint64_t blob = 0;
  ObjectId email_id;
  ObjectId thread_id;
  ColdRow::Card card = ColdRow::Card::none;  // none, tail or blob
  BytesView card_bytes;                      // tail: someone else's memory
  uint64_t card_blob = 0;
  uint32_t card_blob_bytes = 0;
};

// Their uids ascend from `first`, which is the mailbox's uidnext. Blobs that were reserved no longer are.
struct AppendEffect {
  MailboxId mailbox;
  Uid first;
  std::vector<AppendedRow> rows;
};

// flags = (flags & keep) | add, and keyword set a becomes b for each (a, b); all of `uids` are there and change.
struct FlagsEffect {
  MailboxId mailbox;
  UidSet uids;
  SystemFlags keep = SystemFlags::all();
  SystemFlags add;
  std::vector<std::pair<KeywordSet, KeywordSet>> sets;  // ascending by the first
};

// All of `uids` are there.
struct ExpungeEffect {
  MailboxId mailbox;
  UidSet uids;
};

// All of `uids` are there; the nth becomes uid first + n of `to`, whose uidnext that is. Keyword set a of `from` is b
// in `to` for each (a, b). A move takes them away from `from`.
struct CopyEffect {
  MailboxId from;
  UidSet uids;
  MailboxId to;
  Uid first;
  bool move = false;
  std::vector<std::pair<KeywordSet, KeywordSet>> sets;
};

// A name that is there as \Noselect is replaced.
struct CreateEffect {
  MailboxId mailbox;
  UidValidity uidvalidity;
  std::string name;
  std::vector<std::string> special_use;
};

// With its messages. `keep_name` leaves the name as \Noselect.
struct DeleteEffect {
  MailboxId mailbox;
  bool keep_name = false;
};

// The mailbox and all below it: the beginning `from` of their names becomes `to`.
struct RenameEffect {
  std::string from;
  std::string to;
};

// What INBOX holds goes to a new mailbox; INBOX notes 1:uidnext-1 as expunged.
struct RenameInboxEffect {
  MailboxId inbox;
  MailboxId mailbox;
  UidValidity uidvalidity;
  std::string name;
};

struct SubscribeEffect {
  std::string name;
  bool on = true;
};

struct RecentEffect {
  MailboxId mailbox;
  Uid next;
};

// Serials from the account's next one on.
struct ReserveEffect {
  uint64_t first = 0;
  uint64_t count = 0;
};

// Dead or reserved blobs that are being deleted.
struct ForgetEffect {
  std::vector<uint64_t> serials;  // ascending
};

// Traces of expunges up to `floor` may go.
struct TraceFloorEffect {
  MailboxId mailbox;
  ModSeq floor;
};

// Where UIDVALIDITY starts: INBOX's becomes `uidvalidity`, and the next one's follows.
struct SeedEffect {
  UidValidity uidvalidity;
};

// Annotations (RFC 5464). Each entry is there if it goes, and has another value if it is set.
struct MetadataEffect {
  struct Entry {
    AccountId user;  // 0: shared
    std::string name;
    std::optional<Bytes> value;  // none: it goes
  };
  MailboxId mailbox;  // 0: the account's own
  std::vector<Entry> entries;
};

// The uses of a mailbox that is there.
struct SpecialUseEffect {
  MailboxId mailbox;
  std::vector<std::string> special_use;
};

// The mailbox's access control list, all of it.
struct AclEffect {
  MailboxId mailbox;
  Acl acl;
};

// The account's own limits, other ones than before; none: those of the configuration.
struct QuotaEffect {
  std::optional<QuotaLimits> limits;
};

// The \Seen that `user` has for himself, of all of `uids`, which are there.
struct SeenEffect {
  MailboxId mailbox;
  AccountId user;
  UidSet uids;
  bool seen = true;
};

// Rows that have left come back: of a mailbox that is there the expunged ones, of a deleted one any. The nth of `uids`
// becomes uid first + n of `to`, whose uidnext that is; keyword sets as in a copy. \\Deleted does not come back.
struct UndeleteEffect {
  MailboxId from;
  bool from_deleted = false;
  UidSet uids;
  MailboxId to;
  Uid first;
  std::vector<std::pair<KeywordSet, KeywordSet>> sets;
};

// After a restore: the account's counters go beyond all that the time which is lost can have used. Every message gets
// `modseq`, and the UIDs that each mailbox skips are noted as expunged. None of them may be lower than it is.
struct JumpEffect {
  ModSeq modseq;
  MailboxId next_mailbox;
  uint32_t next_uidvalidity = 0;
  uint64_t next_blob = 0;
  std::vector<std::pair<MailboxId, Uid>> uidnexts;  // ascending by id
};

// The bytes are stored: alternatives are only ever added at the end. Kind n is alternative n - 1.
using Effect = std::variant<StampEffect, KeywordsEffect, AppendEffect, FlagsEffect, ExpungeEffect, CopyEffect,
                            CreateEffect, DeleteEffect, RenameEffect, RenameInboxEffect, SubscribeEffect, RecentEffect,
                            ReserveEffect, ForgetEffect, TraceFloorEffect, SeedEffect, MetadataEffect, SpecialUseEffect,
                            AclEffect, QuotaEffect, UndeleteEffect, JumpEffect, SeenEffect>;

void write_effect(Bytes& out, const Effect& effect);

// Reads the next effect; nothing is left once `in` is empty. Views into what `in` reads from.
Result<Effect> read_effect(Decoder& in);

}  // namespace roost::mail
