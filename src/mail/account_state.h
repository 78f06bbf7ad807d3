// An account at one position, as it lies in memory. Inside mail/ only; everybody else sees mail::Snapshot.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "mail/mailbox_state.h"
#include "mail/metadata.h"
#include "mail/persistent_map.h"
#include "mail/quota.h"
#include "mail/seen.h"
#include "mail/serial_map.h"

namespace roost::mail {

constexpr uint64_t kReservationSerialsMax = uint64_t{1} << 20;

// Blob serials set aside for uploads: from the key to `last`.
struct Reservation {
  uint64_t last = 0;
  int64_t time = 0;  // seconds since 1970 UTC
  friend bool operator==(const Reservation&, const Reservation&) = default;
};

// Where a page of the last checkpoint belongs; mailbox 0 is the account itself.
struct PageOwner {
  PageId page;
  MailboxId mailbox;
};

// One page of entries: mailboxes or annotations by id, subscriptions by name, or blocks of \Seen, from its first key up
// to the next page's.
template <class Key>
struct EntryPage {
  PageId page;
  Key first;
  uint32_t count = 0;
};

// What the last checkpoint looks like on its pages. Made by it, never changed by a fold.
struct Layout {
  std::vector<EntryPage<MailboxId>> mailboxes;
  std::vector<EntryPage<std::string>> subscriptions;
  std::vector<EntryPage<MailboxId>> metadata;
  std::vector<EntryPage<SeenKey>> seen;
  std::vector<EntryPage<MailboxId>> deleted;
  std::vector<PageOwner> pages;  // all of them, ascending by page
};

struct AccountState {
  AccountId id;
  Position position;
  ModSeq modseq{1};
  MailboxId next_mailbox{1};
  uint32_t next_uidvalidity = 1;
  uint64_t next_blob = 1;
  uint64_t next_page = 1;

  PersistentMap<MailboxId, MailboxPtr> mailboxes;
  PersistentMap<std::string, MailboxId> names;
  PersistentMap<MailboxId, MailboxPtr> deleted;    // with their rows, as long as they can come back
  PersistentMap<std::string, bool> subscriptions;  // true: as on the last checkpoint's page
  PersistentMap<MailboxId, MetadataPtr> metadata;  // none is empty; mailbox 0: the account's own
  SerialMap<uint32_t> body_counts;                 // references to blobs that have two or more
  SerialMap<int64_t> dead_blobs;                   // when nothing referenced them any more
  PersistentMap<uint64_t, Reservation> reserved;   // by their first serial
  SerialMap<uint32_t> segment_cards;               // by page: rows (dead ones too) whose card is in it

  std::optional<QuotaLimits> quota;  // its own; none: the configuration's

  uint64_t selectable = 0;  // mailboxes, without names that are \Noselect
  uint64_t messages = 0;
  uint64_t bytes = 0;
  uint64_t metadata_bytes = 0;
  uint64_t resident_bytes = 0;  // of mailboxes' rows
  uint64_t dirty_bytes = 0;     // what a checkpoint would write, roughly
  std::shared_ptr<const Layout> layout;
};

}  // namespace roost::mail
