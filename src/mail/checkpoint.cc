#include "mail/checkpoint.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>

#include "base/planted.h"
#include "mail/checkpoint_writer.h"
#include "mail/layout.h"
#include "mail/mailbox_entry.h"
#include "mail/page.h"
#include "mail/root.h"
#include "mail/span_page.h"

namespace roost::mail {
namespace {

// Entries in pages by ranges of their keys: pages in which nothing changed are kept, the others written anew.
template <class Key>
class EntryWriter {
 public:
  EntryWriter(PageKind kind, PageSink& sink, const std::vector<EntryPage<Key>>& old)
      : kind_(kind), sink_(sink), old_(old) {}

  // In the order of keys. write(Encoder&) writes the entry.
  template <class Write>
  void add(const Key& key, bool clean, Write&& write) {
    while (slot_ + 1 < old_.size() && !(key < old_[slot_ + 1].first)) end_slot();
    Bytes entry;
    Encoder out(entry);
    write(out);
    members_.push_back({key, std::move(entry)});
    all_clean_ = all_clean_ && clean;
  }

  std::vector<EntryPage<Key>> finish() {
    end_slot();
    while (slot_ < old_.size()) end_slot();
    flush();
    return std::move(pages_);
  }

 private:
  void end_slot() {
    bool kept = slot_ < old_.size() && all_clean_ && members_.size() == old_[slot_].count;
    if (kept) {
      flush();
      pages_.push_back(old_[slot_]);
    } else {
      for (auto& [key, entry] : members_) put(key, entry);
    }
    members_.clear();
    all_clean_ = true;
    ++slot_;
  }

  void put(const Key& key, const Bytes& entry) {
    if (!content_.empty() && content_.size() + entry.size() > kEntryPageBytes) flush();
    if (content_.empty()) open_ = {PageId(0), key, 0};
    content_ += entry;
    ++open_.count;
  }

  void flush() {
    if (content_.empty()) return;
    open_.page = sink_.put(pack_page(kind_, content_));
    pages_.push_back(std::move(open_));
    content_.clear();
  }

  PageKind kind_;
  PageSink& sink_;
  const std::vector<EntryPage<Key>>& old_;
  size_t slot_ = 0;
  std::vector<std::pair<Key, Bytes>> members_;
  bool all_clean_ = true;
  Bytes content_;
  EntryPage<Key> open_;
  std::vector<EntryPage<Key>> pages_;
};

constexpr size_t kDeletedMailboxesMax = 10'000;  // of those that can come back

class CheckpointMaking {
 public:
  CheckpointMaking(const AccountState& state, const RetentionTimes& times, const std::set<PageId>& unreadable)
      : state_(state),
        next_(state),
        sink_(next_.next_page),
        cards_(sink_),
        mailboxes_(times, unreadable, sink_, cards_) {}

  std::variant<Checkpoint, Need> run() {
    write_mailboxes();
    if (!mailboxes_.need.empty()) return Need{std::move(mailboxes_.need)};
    cards_.finish();
    count_segments();
    Root root;
    root.seen = write_seen_pages();
    root.mailboxes = write_entries();
    root.subscriptions = write_subscriptions();
    root.metadata = write_metadata_pages();
    root.deleted = write_deleted();
    root.body_counts = write_spans(PageKind::body_counts, next_.body_counts);
    if (!planted(Bug::dead_list_dropped)) root.dead_blobs = write_spans(PageKind::dead_blobs, next_.dead_blobs);
    root.segment_cards = write_spans(PageKind::segment_cards, next_.segment_cards);
    next_.layout = make_layout(next_, root.mailboxes, root.subscriptions, root.metadata, root.deleted, root.seen);
    return finish(std::move(root));
  }

 private:
  using Mailboxes = PersistentMap<MailboxId, MailboxPtr>;

  void recount(const MailboxState& old, const MailboxState& mailbox) {
    next_.resident_bytes += mailbox.resident_bytes() - old.resident_bytes();
    next_.dirty_bytes += mailbox.dirty_bytes() - old.dirty_bytes();
  }
  void replace(Mailboxes& mailboxes, const MailboxState& old, MailboxState mailbox) {
    recount(old, mailbox);
    MailboxId id = mailbox.id;
    mailboxes.set(id, std::make_shared<const MailboxState>(std::move(mailbox)));
  }

  void write_mailboxes() {
    state_.mailboxes.for_each([&](MailboxId, const MailboxPtr& mailbox) {
      if (mailboxes_.concerns(*mailbox)) replace(next_.mailboxes, *mailbox, mailboxes_.run(*mailbox));
      return true;
    });
    // The newest ones, if there are too many.
    std::vector<std::pair<int64_t, MailboxId>> by_time;
    state_.deleted.for_each([&](MailboxId id, const MailboxPtr& mailbox) {
      by_time.emplace_back(mailbox->deleted_time, id);
      return true;
    });
    std::ranges::sort(by_time, std::greater<>());
    for (size_t i = 0; i < by_time.size(); ++i) keep_or_drop(by_time[i].second, i < kDeletedMailboxesMax);
    if (!mailboxes_.unread.empty()) need_all_cards();
  }

  template <class Fn>
  void for_each_chunk(const AccountState& state, Fn&& fn) const {
    for (const auto* mailboxes : {&state.mailboxes, &state.deleted}) {
      mailboxes->for_each([&](MailboxId, const MailboxPtr& mailbox) {
        for (const ChunkPtr& chunk : mailbox->chunks) fn(*chunk);
        return true;
      });
    }
  }

  // Which cards went is not known, so those that stay are counted; unless that cannot be done either.
  void need_all_cards() {
    recount_cards_ = true;
    for_each_chunk(next_,
                   [this](const Chunk& chunk) { recount_cards_ = recount_cards_ && mailboxes_.can_read(chunk); });
    if (!recount_cards_) return;
    for_each_chunk(next_, [this](const Chunk& chunk) {
      if (!chunk.cold) mailboxes_.need.push_back(chunk.cold_page);
    });
  }

  void keep_or_drop(MailboxId id, bool keep) {
    const MailboxState& mailbox = **state_.deleted.find(id);
    if (keep && !mailboxes_.is_over(mailbox)) {
      if (mailboxes_.concerns(mailbox)) replace(next_.deleted, mailbox, mailboxes_.run(mailbox));
      return;
    }
    mailboxes_.release(mailbox);
    next_.resident_bytes -= mailbox.resident_bytes();
    next_.dirty_bytes -= mailbox.dirty_bytes();
    next_.deleted.erase(id);
  }

  void recount_segments() {
    std::map<uint64_t, uint32_t> counts;
    for_each_chunk(next_, [&counts](const Chunk& chunk) {
      for (uint32_t i = 0; i < chunk.rows; ++i) {
        const ColdRow& row = chunk.cold_row(i);
        if (row.card == ColdRow::Card::segment) ++counts[row.card_home];
      }
    });
    std::vector<uint64_t> segments;
    for (const auto& [segment, cards] : counts) segments.push_back(segment);
    next_.segment_cards = {};
    next_.segment_cards.update(
        segments, [&](uint64_t segment, const uint32_t*) { return std::optional<uint32_t>(counts.at(segment)); });
  }

  void count_segments() {
    if (recount_cards_) return recount_segments();
    auto& added = cards_.referenced;
    auto& removed = mailboxes_.released;
    std::ranges::sort(added);
    std::ranges::sort(removed);
    next_.segment_cards.update(added, [](uint64_t, const uint32_t* cards) {
      return std::optional<uint32_t>(cards != nullptr ? *cards + 1 : 1);
    });
    next_.segment_cards.update(removed, [](uint64_t, const uint32_t* cards) {
      return cards != nullptr && *cards > 1 ? std::optional(*cards - 1) : std::nullopt;
    });
  }

  std::vector<EntryPage<MailboxId>> write_entries() {
    EntryWriter<MailboxId> writer(PageKind::mailboxes, sink_, state_.layout->mailboxes);
    return write_entries(writer, next_.mailboxes, write_mailbox_entry);
  }
  std::vector<EntryPage<MailboxId>> write_deleted() {
    EntryWriter<MailboxId> writer(PageKind::deleted, sink_, state_.layout->deleted);
    return write_entries(writer, next_.deleted, write_deleted_entry);
  }

  std::vector<EntryPage<MailboxId>> write_entries(EntryWriter<MailboxId>& writer, Mailboxes& mailboxes,
                                                  void (*write)(Encoder&, const MailboxState&)) {
    std::vector<MailboxPtr> dirty;
    mailboxes.for_each([&](MailboxId id, const MailboxPtr& mailbox) {
      writer.add(id, mailbox->clean, [&](Encoder& out) { write(out, *mailbox); });
      if (!mailbox->clean) dirty.push_back(mailbox);
      return true;
    });
    for (const MailboxPtr& mailbox : dirty) {
      MailboxState clean = *mailbox;
      clean.clean = true;
      replace(mailboxes, *mailbox, std::move(clean));
    }
    return writer.finish();
  }

  std::vector<EntryPage<std::string>> write_subscriptions() {
    EntryWriter<std::string> writer(PageKind::subscriptions, sink_, state_.layout->subscriptions);
    std::vector<std::string> dirty;
    next_.subscriptions.for_each([&](const std::string& name, bool clean) {
      writer.add(name, clean, [&](Encoder& out) { out.bytes(name); });
      if (!clean) dirty.push_back(name);
      return true;
    });
    for (std::string& name : dirty) next_.subscriptions.set(std::move(name), true);
    return writer.finish();
  }

  std::vector<EntryPage<MailboxId>> write_metadata_pages() {
    EntryWriter<MailboxId> writer(PageKind::metadata, sink_, state_.layout->metadata);
    std::vector<std::pair<MailboxId, MetadataPtr>> dirty;
    next_.metadata.for_each([&](MailboxId id, const MetadataPtr& metadata) {
      writer.add(id, metadata->clean, [&](Encoder& out) { write_metadata(out, id, *metadata); });
      if (!metadata->clean) dirty.emplace_back(id, metadata);
      return true;
    });
    for (auto& [id, metadata] : dirty) {
      auto clean = std::make_shared<Metadata>(*metadata);
      clean->clean = true;
      next_.dirty_bytes -= clean->bytes;
      next_.metadata.set(id, std::move(clean));
    }
    return writer.finish();
  }

  std::vector<EntryPage<SeenKey>> write_seen_pages() {
    EntryWriter<SeenKey> writer(PageKind::seen, sink_, state_.layout->seen);
    std::vector<MailboxPtr> dirty;
    next_.mailboxes.for_each([&](MailboxId id, const MailboxPtr& mailbox) {
      mailbox->seen.for_each([&](AccountId user, const SeenColumn& column) {
        column.blocks().for_each([&](uint32_t index, const SeenBlockPtr& block) {
          SeenKey key{id, user, index};
          writer.add(key, block->clean, [&](Encoder& out) { write_seen_block(out, key, *block); });
          return true;
        });
      });
      if (mailbox->seen.dirty_runs() > 0) dirty.push_back(mailbox);
      return true;
    });
    for (const MailboxPtr& mailbox : dirty) {
      MailboxState written = *mailbox;
      written.seen = written.seen.with_clean(true);
      replace(next_.mailboxes, *mailbox, std::move(written));
    }
    return writer.finish();
  }

  template <class Value>
  std::vector<SpanPage> write_spans(PageKind kind, SerialMap<Value>& map) {
    std::vector<SpanPage> out;
    auto spans = map.spans();
    spans.for_each([&](uint64_t index, const auto& span) {
      PageId page = span.page;
      if (page.value == 0) {
        page = sink_.put(write_span_page<Value>(kind, *span.items));
        map.set_span(index, {page, span.items});
      }
      out.push_back({index, page});
      return true;
    });
    return out;
  }

  std::vector<PageId> dropped() const {
    std::vector<PageId> out;
    const auto& now = next_.layout->pages;
    for (const PageOwner& old : state_.layout->pages) {
      auto it = std::ranges::lower_bound(now, old.page, {}, &PageOwner::page);
      if (it == now.end() || it->page != old.page) out.push_back(old.page);
    }
    return out;
  }

  Checkpoint finish(Root root) {
    root.account = next_.id;
    root.position = next_.position;
    root.modseq = next_.modseq;
    root.next_mailbox = next_.next_mailbox;
    root.next_uidvalidity = next_.next_uidvalidity;
    root.next_blob = next_.next_blob;
    root.next_page = next_.next_page;
    root.quota = next_.quota;
    next_.reserved.for_each([&](uint64_t first, const Reservation& reservation) {
      root.reserved.emplace_back(first, reservation);
      return true;
    });
    Checkpoint out;
    out.root = write_root(root);
    out.pages = std::move(sink_.pages);
    out.dropped = dropped();
    out.position = next_.position;
    out.unread = std::move(mailboxes_.unread);
    out.snapshot = std::make_shared<const Snapshot>(std::make_shared<const AccountState>(std::move(next_)));
    return out;
  }

  const AccountState& state_;
  AccountState next_;
  PageSink sink_;
  CardPacker cards_;
  MailboxCheckpoint mailboxes_;
  bool recount_cards_ = false;
};

}  // namespace

std::variant<Checkpoint, Need> make_checkpoint(const SnapshotPtr& snapshot, const RetentionTimes& times,
                                               const std::set<PageId>& unreadable) {
  return CheckpointMaking(snapshot->state(), times, unreadable).run();
}

size_t checkpoint_bytes(const Snapshot& snapshot) { return snapshot.state().dirty_bytes; }

}  // namespace roost::mail
