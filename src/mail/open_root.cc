#include <algorithm>
#include <map>

#include "mail/checkpoint.h"
#include "mail/layout.h"
#include "mail/mailbox_entry.h"
#include "mail/mailbox_path.h"
#include "mail/page.h"
#include "mail/root.h"
#include "mail/span_page.h"

namespace roost::mail {
namespace {

Fail damaged(const char* what) { return fault(std::string("root: ") + what, Code::corruption); }

class Opening {
 public:
  Opening(const Root& root, const std::vector<LoadedPage>& pages) : root_(root) {
    for (const LoadedPage& page : pages) pages_.emplace(page.id, page.data);
  }

  Result<AccountState> run() {
    state_.id = root_.account;
    state_.position = root_.position;
    state_.modseq = root_.modseq;
    state_.next_mailbox = root_.next_mailbox;
    state_.next_uidvalidity = root_.next_uidvalidity;
    state_.next_blob = root_.next_blob;
    state_.next_page = root_.next_page;
    state_.quota = root_.quota;
    state_.reserved = PersistentMap<uint64_t, Reservation>::from_sorted(root_.reserved);
    ROOST_TRY_VOID(read_seen_pages());
    ROOST_TRY_VOID(read_mailboxes());
    if (!seen_.empty()) return damaged("what users have seen of no mailbox");
    ROOST_TRY_VOID(read_deleted());
    ROOST_TRY_VOID(read_subscriptions());
    ROOST_TRY_VOID(read_metadata_pages());
    ROOST_TRY_VOID(read_spans(PageKind::body_counts, root_.body_counts, state_.body_counts));
    ROOST_TRY_VOID(read_spans(PageKind::dead_blobs, root_.dead_blobs, state_.dead_blobs));
    ROOST_TRY_VOID(read_spans(PageKind::segment_cards, root_.segment_cards, state_.segment_cards));
    state_.layout =
        make_layout(state_, root_.mailboxes, root_.subscriptions, root_.metadata, root_.deleted, root_.seen);
    return std::move(state_);
  }

 private:
  using Mailboxes = std::vector<std::pair<MailboxId, MailboxPtr>>;

  Result<BytesView> page(PageId id) const {
    auto it = pages_.find(id);
    if (it == pages_.end()) return damaged("a page is missing");
    return it->second;
  }

  // `read` takes one entry, and is called for each of these pages' entries in their order; `what` names such a page.
  template <class Key, class Read>
  Result<> read_entries(const std::vector<EntryPage<Key>>& pages, PageKind kind, const char* what, Read read) const {
    for (const EntryPage<Key>& entries : pages) {
      ROOST_TRY(BytesView data, page(entries.page));
      ROOST_TRY(Bytes content, unpack_page(kind, data));
      Decoder in(content);
      for (uint32_t i = 0; i < entries.count; ++i) ROOST_TRY_VOID(read(in));
      ROOST_TRY_VOID(in.finish(what));
    }
    return {};
  }

  Result<> read_mailboxes() {
    Mailboxes mailboxes;
    auto read = [&](Decoder& in) -> Result<> {
      ROOST_TRY(MailboxState mailbox, read_mailbox_entry(in, root_.account));
      return add(std::move(mailbox), mailboxes);
    };
    ROOST_TRY_VOID(read_entries(root_.mailboxes, PageKind::mailboxes, "mailbox page", read));
    std::vector<std::pair<std::string, MailboxId>> names;
    names.reserve(mailboxes.size());
    for (const auto& [id, mailbox] : mailboxes) names.emplace_back(mailbox->name(), id);
    std::ranges::sort(names);
    auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    if (std::ranges::adjacent_find(names, same) != names.end()) return damaged("a name twice");
    state_.mailboxes = PersistentMap<MailboxId, MailboxPtr>::from_sorted(std::move(mailboxes));
    state_.names = PersistentMap<std::string, MailboxId>::from_sorted(std::move(names));
    return {};
  }

  Result<> add(MailboxState mailbox, Mailboxes& mailboxes) {
    MailboxId id = mailbox.id;
    if (!mailboxes.empty() && id <= mailboxes.back().first) return damaged("order of mailboxes");
    if (id >= root_.next_mailbox || mailbox.highest_modseq > root_.modseq) return damaged("a mailbox");
    if (auto seen = seen_.extract(id)) {
      if (!fits(seen.mapped(), mailbox)) return damaged("what users have seen");
      mailbox.seen = std::move(seen.mapped());
    }
    bool counts = mailbox.deleted_time == 0;
    state_.selectable += counts && !mailbox.noselect ? 1 : 0;
    state_.messages += counts ? mailbox.messages : 0;
    state_.bytes += counts ? mailbox.bytes : 0;
    state_.resident_bytes += mailbox.resident_bytes();
    mailboxes.emplace_back(id, std::make_shared<const MailboxState>(std::move(mailbox)));
    return {};
  }

  Result<> read_seen_pages() {
    SeenKey before;
    auto read = [&](Decoder& in) -> Result<> {
      ROOST_TRY(SeenEntry entry, read_seen_block(in));
      if (!(before < entry.key) || entry.block->modseq_max > root_.modseq) return damaged("what users have seen");
      before = entry.key;
      seen_[before.mailbox].put(before.user, before.index, std::move(entry.block));
      return {};
    };
    ROOST_TRY_VOID(read_entries(root_.seen, PageKind::seen, "page of what users have seen", read));
    return {};
  }

  // What is seen must be there; whether each message is takes the rows, which are not in memory.
  static bool fits(const SeenColumns& seen, const MailboxState& mailbox) {
    bool fits = !mailbox.noselect;
    seen.for_each([&](AccountId, const SeenColumn& column) {
      uint64_t messages = 0;
      column.blocks().for_each([&](uint32_t, const SeenBlockPtr& block) {
        for (const SeenRun& run : block->runs) messages += run.uids.count();
        fits = fits && block->runs.back().uids.last < mailbox.uidnext;
        return true;
      });
      fits = fits && messages <= mailbox.messages;
    });
    return fits;
  }

  Result<> read_deleted() {
    Mailboxes deleted;
    auto read = [&](Decoder& in) -> Result<> {
      ROOST_TRY(MailboxState mailbox, read_deleted_entry(in, root_.account));
      return add(std::move(mailbox), deleted);
    };
    ROOST_TRY_VOID(read_entries(root_.deleted, PageKind::deleted, "page of deleted mailboxes", read));
    state_.deleted = PersistentMap<MailboxId, MailboxPtr>::from_sorted(std::move(deleted));
    return {};
  }

  Result<> read_subscriptions() {
    std::vector<std::pair<std::string, bool>> names;
    auto read = [&](Decoder& in) -> Result<> {
      std::string name(in.bytes());
      if (in.failed() || (!names.empty() && name <= names.back().first)) return damaged("subscriptions");
      names.emplace_back(std::move(name), true);
      return {};
    };
    ROOST_TRY_VOID(read_entries(root_.subscriptions, PageKind::subscriptions, "subscription page", read));
    state_.subscriptions = PersistentMap<std::string, bool>::from_sorted(std::move(names));
    return {};
  }

  Result<> read_metadata_pages() {
    std::vector<std::pair<MailboxId, MetadataPtr>> all;
    auto read = [&](Decoder& in) -> Result<> {
      ROOST_TRY(MetadataEntry entry, read_metadata(in));
      bool sound = entry.mailbox.value == 0 || state_.mailboxes.contains(entry.mailbox);
      if (!sound || (!all.empty() && entry.mailbox <= all.back().first)) return damaged("annotations");
      state_.metadata_bytes += entry.metadata->bytes;
      all.emplace_back(entry.mailbox, std::move(entry.metadata));
      return {};
    };
    ROOST_TRY_VOID(read_entries(root_.metadata, PageKind::metadata, "page of annotations", read));
    state_.metadata = PersistentMap<MailboxId, MetadataPtr>::from_sorted(std::move(all));
    return {};
  }

  template <class Value>
  Result<> read_spans(PageKind kind, const std::vector<SpanPage>& spans, SerialMap<Value>& map) {
    for (const SpanPage& span : spans) {
      ROOST_TRY(BytesView data, page(span.page));
      ROOST_TRY(auto items, read_span_page<Value>(kind, data));
      map.set_span(span.index, {span.page, std::move(items)});
    }
    return {};
  }

  const Root& root_;
  std::map<PageId, BytesView> pages_;
  std::map<MailboxId, SeenColumns> seen_;  // of mailboxes that are still to be read
  AccountState state_;
};

}  // namespace

Result<SnapshotPtr> open_root(AccountId id, BytesView root, const std::vector<LoadedPage>& pages) {
  ROOST_TRY(Root decoded, read_root(root));
  if (decoded.account != id) return damaged("of another account");
  ROOST_TRY(AccountState state, Opening(decoded, pages).run());
  if (!state.names.contains(kInbox)) return damaged("no INBOX");
  return std::make_shared<const Snapshot>(std::make_shared<const AccountState>(std::move(state)));
}

}  // namespace roost::mail
