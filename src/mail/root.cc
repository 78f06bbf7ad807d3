#include "mail/root.h"

#include "mail/checkpoint.h"
#include "mail/page.h"

namespace roost::mail {
namespace {

void write_key(Encoder& out, MailboxId key) { out.varint(key.value); }
void write_key(Encoder& out, const std::string& key) { out.bytes(key); }
void write_key(Encoder& out, const SeenKey& key) {
  out.varint(key.mailbox.value);
  out.varint(key.user.value);
  out.varint(key.index);
}
void read_key(Decoder& in, MailboxId& key) { key = MailboxId(in.varint()); }
void read_key(Decoder& in, std::string& key) { key = std::string(in.bytes()); }
void read_key(Decoder& in, SeenKey& key) {
  key.mailbox = MailboxId(in.varint());
  key.user = AccountId(in.varint());
  uint64_t index = in.varint();
  if (index > UINT32_MAX) in.fail();
  key.index = static_cast<uint32_t>(index);
}

template <class Key>
void write_entry_pages(Encoder& out, const std::vector<EntryPage<Key>>& pages) {
  out.varint(pages.size());
  for (const EntryPage<Key>& page : pages) {
    out.varint(page.page.value);
    write_key(out, page.first);
    out.varint(page.count);
  }
}
template <class Key>
void read_entry_pages(Decoder& in, std::vector<EntryPage<Key>>& pages) {
  pages.resize(in.count(3));
  for (size_t i = 0; i < pages.size(); ++i) {
    pages[i].page = PageId(in.varint());
    read_key(in, pages[i].first);
    uint64_t count = in.varint();
    if (count == 0 || count > UINT32_MAX || (i > 0 && !(pages[i - 1].first < pages[i].first))) in.fail();
    pages[i].count = static_cast<uint32_t>(count);
  }
}

void write_spans(Encoder& out, const std::vector<SpanPage>& spans) {
  out.varint(spans.size());
  uint64_t before = 0;
  for (const SpanPage& span : spans) {
    out.varint(span.index - before);
    out.varint(span.page.value);
    before = span.index;
  }
}
void read_spans(Decoder& in, std::vector<SpanPage>& spans) {
  spans.resize(in.count(2));
  uint64_t index = 0;
  for (size_t i = 0; i < spans.size(); ++i) {
    uint64_t step = in.varint();
    if ((i > 0 && step == 0) || step > UINT64_MAX / kSpanSerials - index) in.fail();
    if (in.failed()) return;
    spans[i].index = index += step;
    spans[i].page = PageId(in.varint());
  }
}

void write_reserved(Encoder& out, const std::vector<std::pair<uint64_t, Reservation>>& reserved) {
  out.varint(reserved.size());
  uint64_t before = 0;
  for (const auto& [first, reservation] : reserved) {
    out.varint(first - before);
    out.varint(reservation.last - first);
    out.zigzag(reservation.time);
    before = reservation.last;
  }
}
void read_reserved(Decoder& in, uint64_t next_blob, std::vector<std::pair<uint64_t, Reservation>>& reserved) {
  reserved.resize(in.count(3));
  uint64_t before = 0;
  for (auto& [first, reservation] : reserved) {
    uint64_t step = in.varint();
    uint64_t length = in.varint();
    reservation.time = in.zigzag();
    if (step == 0 || step >= next_blob - before || length >= next_blob - before - step) in.fail();
    if (length >= kReservationSerialsMax) in.fail();
    if (in.failed()) return;
    first = before + step;
    reservation.last = before = first + length;
  }
}

// What later versions added: u8 kind and bytes each, ascending, and only where there is something to say.
enum class Section : uint8_t { metadata = 1, quota = 2, deleted = 3, seen = 4 };

template <class WriteContent>
void write_section(Encoder& out, Section kind, WriteContent&& write_content) {
  Bytes section;
  Encoder content(section);
  write_content(content);
  out.u8(static_cast<uint8_t>(kind));
  out.bytes(section);
}

void write_sections(Encoder& out, const Root& root) {
  if (!root.metadata.empty()) {
    write_section(out, Section::metadata, [&](Encoder& content) { write_entry_pages(content, root.metadata); });
  }
  if (root.quota) write_section(out, Section::quota, [&](Encoder& content) { write_quota(content, *root.quota); });
  if (!root.deleted.empty()) {
    write_section(out, Section::deleted, [&](Encoder& content) { write_entry_pages(content, root.deleted); });
  }
  if (!root.seen.empty()) {
    write_section(out, Section::seen, [&](Encoder& content) { write_entry_pages(content, root.seen); });
  }
}

// False for a kind that is not known, or that would say nothing.
bool read_section(Section kind, Decoder& content, Root& root) {
  switch (kind) {
    case Section::metadata: read_entry_pages(content, root.metadata); return !root.metadata.empty();
    case Section::quota: root.quota = read_quota(content); return true;
    case Section::deleted: read_entry_pages(content, root.deleted); return !root.deleted.empty();
    case Section::seen: read_entry_pages(content, root.seen); return !root.seen.empty();
  }
  return false;
}

Result<> read_sections(Decoder& in, Root& root) {
  uint8_t before = 0;
  while (in.left() > 0) {
    uint8_t kind = in.u8();
    Decoder content(in.bytes());
    if (kind <= before || !read_section(static_cast<Section>(kind), content, root)) in.fail();
    if (in.failed()) break;
    ROOST_TRY_VOID(content.finish("root: a section"));
    before = kind;
  }
  return in.finish("root");
}

}  // namespace

std::vector<PageId> Root::pages() const {
  std::vector<PageId> out;
  for (const auto& page : mailboxes) out.push_back(page.page);
  for (const auto& page : subscriptions) out.push_back(page.page);
  for (const auto& page : metadata) out.push_back(page.page);
  for (const auto& page : seen) out.push_back(page.page);
  for (const auto& page : deleted) out.push_back(page.page);
  for (const auto* spans : {&body_counts, &dead_blobs, &segment_cards}) {
    for (const SpanPage& span : *spans) out.push_back(span.page);
  }
  return out;
}

Bytes write_root(const Root& root) {
  Bytes content;
  Encoder out(content);
  out.varint(root.account.value);
  out.varint(root.position.value);
  out.varint(root.modseq.value);
  out.varint(root.next_mailbox.value);
  out.varint(root.next_uidvalidity);
  out.varint(root.next_blob);
  out.varint(root.next_page);
  write_entry_pages(out, root.mailboxes);
  write_entry_pages(out, root.subscriptions);
  write_spans(out, root.body_counts);
  write_spans(out, root.dead_blobs);
  write_spans(out, root.segment_cards);
  write_reserved(out, root.reserved);
  write_sections(out, root);
  return pack_page(PageKind::root, content);
}

Result<Root> read_root(BytesView bytes) {
  ROOST_TRY(Bytes content, unpack_page(PageKind::root, bytes));
  Decoder in(content);
  Root root;
  root.account = AccountId(in.varint());
  root.position = Position(in.varint());
  root.modseq = ModSeq(in.varint());
  root.next_mailbox = MailboxId(in.varint());
  uint64_t uidvalidity = in.varint();
  root.next_uidvalidity = static_cast<uint32_t>(uidvalidity);
  root.next_blob = in.varint();
  root.next_page = in.varint();
  bool sound = root.modseq.value > 0 && root.modseq.value <= uint64_t{INT64_MAX} && root.next_mailbox.value > 0 &&
               uidvalidity > 0 && uidvalidity <= UINT32_MAX && root.next_blob > 0 && root.next_page > 0;
  if (!sound) return fault("root: malformed", Code::corruption);
  read_entry_pages(in, root.mailboxes);
  read_entry_pages(in, root.subscriptions);
  read_spans(in, root.body_counts);
  read_spans(in, root.dead_blobs);
  read_spans(in, root.segment_cards);
  read_reserved(in, root.next_blob, root.reserved);
  ROOST_TRY_VOID(read_sections(in, root));
  return root;
}

Result<std::vector<PageId>> root_pages(BytesView root) {
  ROOST_TRY(Root decoded, read_root(root));
  return decoded.pages();
}

}  // namespace roost::mail
