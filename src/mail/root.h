// The root: what names all other pages. docs/formats/root.md.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "mail/account_state.h"

namespace roost::mail {

// A span of a SerialMap and the page that it is on.
struct SpanPage {
  uint64_t index = 0;
  PageId page;
};

struct Root {
  AccountId account;
  Position position;
  ModSeq modseq;
  MailboxId next_mailbox;
  uint32_t next_uidvalidity = 0;
  uint64_t next_blob = 0;
  uint64_t next_page = 0;
  std::vector<EntryPage<MailboxId>> mailboxes;
  std::vector<EntryPage<std::string>> subscriptions;
  std::vector<SpanPage> body_counts;
  std::vector<SpanPage> dead_blobs;
  std::vector<SpanPage> segment_cards;
  std::vector<std::pair<uint64_t, Reservation>> reserved;
  std::vector<EntryPage<MailboxId>> metadata;
  std::optional<QuotaLimits> quota;
  std::vector<EntryPage<SeenKey>> seen;
  std::vector<EntryPage<MailboxId>> deleted;

  // Pages that opening it takes: of entries and of spans.
  std::vector<PageId> pages() const;
};

Bytes write_root(const Root& root);
Result<Root> read_root(BytesView bytes);

}  // namespace roost::mail
