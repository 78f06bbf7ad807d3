// What is left of a checkpoint without some of its pages.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "mail/account_state.h"
#include "mail/chunk_page.h"
#include "mail/mailbox_entry.h"
#include "mail/mailbox_path.h"
#include "mail/page.h"
#include "mail/repair.h"
#include "mail/root.h"

namespace roost::mail {
namespace {

// Placeholders are made for at most so many UIDs of one chunk: more lie far apart, and few of them are messages.
constexpr uint32_t kPlaceholdersMax = 4 * kChunkRowsMax;

class RootRepair {
 public:
  RootRepair(Root root, const std::vector<LoadedPage>& pages, std::vector<std::string>& said)
      : root_(std::move(root)), pages_(pages), said_(said) {}

  RootLeft run() {
    const size_t pages_of_mailboxes = root_.mailboxes.size();
    drop(root_.mailboxes, "entries of mailboxes, with all their messages");
    if (root_.mailboxes.size() < pages_of_mailboxes && !root_.seen.empty()) {
      root_.seen.clear();  // some of it would be of no mailbox
      said_.push_back("what users have seen in mailboxes of others is lost with them");
    }
    drop(root_.seen, "blocks of what users have seen in mailboxes of others");
    drop(root_.subscriptions, "subscriptions");
    drop(root_.metadata, "mailboxes' annotations");
    drop(root_.deleted, "deleted mailboxes, which cannot come back");
    drop_spans(root_.body_counts, "how often bodies are shared; they are counted again");
    drop_spans(root_.dead_blobs, "which bodies are dead; what no message needs counts as dead from now on");
    drop_spans(root_.segment_cards, "how many cards are in use; they are counted again");
    std::vector<LoadedPage> kept;
    for (const LoadedPage& page : pages_) kept.push_back(page);
    if (!has_inbox()) kept.push_back(make_inbox());
    return {write_root(root_), std::move(kept)};
  }

 private:
  const LoadedPage* find(PageId id) const {
    auto it = std::ranges::find(pages_, id, &LoadedPage::id);
    return it == pages_.end() ? nullptr : &*it;
  }

  template <class Key>
  void drop(std::vector<EntryPage<Key>>& entries, const char* what) {
    std::erase_if(entries, [&](const EntryPage<Key>& page) {
      if (find(page.page) != nullptr) return false;
      said_.push_back(fmt::format("page {} is lost: {} {}", page.page.value, page.count, what));
      return true;
    });
  }

  void drop_spans(std::vector<SpanPage>& spans, const char* what) {
    std::erase_if(spans, [&](const SpanPage& span) {
      if (find(span.page) != nullptr) return false;
      said_.push_back(fmt::format("page {} is lost: {}", span.page.value, what));
      return true;
    });
  }

  // INBOX has the lowest id of all.
  bool has_inbox() const { return !root_.mailboxes.empty() && names_inbox(root_.mailboxes.front()); }
  bool names_inbox(const EntryPage<MailboxId>& entries) const {
    auto content = unpack_page(PageKind::mailboxes, find(entries.page)->data);
    if (!content) return false;
    Decoder in(*content);
    for (uint32_t i = 0; i < entries.count; ++i) {
      auto mailbox = read_mailbox_entry(in, root_.account);
      if (!mailbox) return false;
      if (mailbox->name() == kInbox) return true;
    }
    return false;
  }

  LoadedPage make_inbox() {
    MailboxState inbox;
    inbox.account = root_.account;
    inbox.id = root_.next_mailbox;
    inbox.uidvalidity = UidValidity(root_.next_uidvalidity++);
    inbox.label = std::make_shared<const MailboxName>(MailboxName{std::string(kInbox), {}});
    inbox.keywords = KeywordTable::empty();
    root_.next_mailbox = root_.next_mailbox.next();
    Bytes content;
    Encoder out(content);
    write_mailbox_entry(out, inbox);
    PageId page(root_.next_page++);
    root_.mailboxes.push_back({page, inbox.id, 1});
    said_.push_back(fmt::format("INBOX is new, with UIDVALIDITY {}", inbox.uidvalidity.value));
    return {page, pack_page(PageKind::mailboxes, content)};
  }

  Root root_;
  const std::vector<LoadedPage>& pages_;
  std::vector<std::string>& said_;
};

// One mailbox with what is left of its pages.
class MailboxLeft {
 public:
  MailboxLeft(const MailboxState& mailbox, const std::map<PageId, BytesView>& pages, std::vector<std::string>& said)
      : mailbox_(mailbox), pages_(pages), said_(said) {}

  MailboxState run() {
    MailboxState next = mailbox_;
    for (ChunkPtr& chunk : next.chunks) {
      if (!chunk->hot || !chunk->cold) chunk = left_of(*chunk);
    }
    std::erase(next.chunks, nullptr);
    load_traces(next.traces);
    return next;
  }

 private:
  BytesView page(PageId id) const {
    auto it = pages_.find(id);
    return it == pages_.end() ? BytesView() : it->second;
  }

  ChunkPtr left_of(const Chunk& chunk) {
    auto loaded = std::make_shared<Chunk>(chunk);
    if (auto hot = read_hot_page(page(chunk.hot_page), chunk); hot) loaded->hot = *std::move(hot);
    if (auto cold = read_cold_page(page(chunk.cold_page), chunk); cold) loaded->cold = *std::move(cold);
    if (loaded->hot && loaded->cold) return loaded;
    said_.push_back(fmt::format("{}mailbox {}: {} of the {} messages with UIDs from {} to {} are lost",
                                mailbox_.deleted_time != 0 ? "deleted " : "", mailbox_.name(),
                                loaded->hot ? "dates, sizes and bodies' places" : "the flags", chunk.live,
                                chunk.uid_min.value, chunk.uid_max.value));
    return placeholders(*loaded);
  }

  // Rows that are known in part. Without the hot part the UIDs are known only where none is missing between the first
  // and the last; the flags are not.
  ChunkPtr placeholders(const Chunk& chunk) const {
    uint64_t span = chunk.uid_max.value - chunk.uid_min.value + uint64_t{1};
    if (!chunk.hot && span > kPlaceholdersMax) return nullptr;
    std::vector<HotRow> hot;
    std::vector<ColdRow> cold;
    if (chunk.hot) {
      for (uint32_t i = 0; i < chunk.rows; ++i) hot.push_back(chunk.hot_row(i));
      cold.resize(hot.size());
    } else {
      for (uint64_t i = 0; i < span; ++i) {
        Uid uid(static_cast<uint32_t>(chunk.uid_min.value + i));
        hot.push_back({kFlagsLost, uid, KeywordSet(0), SystemFlags(), false});
      }
      bool whole = chunk.cold && span == chunk.rows && chunk.live == chunk.rows;
      for (uint64_t i = 0; i < span; ++i) cold.push_back(whole ? chunk.cold_row(static_cast<uint32_t>(i)) : ColdRow());
    }
    return build_chunk(hot, cold);
  }

  void load_traces(Traces& traces) {
    std::vector<TraceBlock> blocks = traces.sealed();
    ModSeq floor = traces.floor();
    for (TraceBlock& block : blocks) {
      if (block.traces) continue;
      if (auto read = read_trace_page(page(block.page), block); read) {
        block.traces = *std::move(read);
      } else {
        floor = std::max(floor, block.modseq_max);
      }
    }
    if (floor == traces.floor()) return traces.replace_sealed(std::move(blocks));
    said_.push_back(
        fmt::format("mailbox {}: which messages were expunged up to MODSEQ {} is lost", mailbox_.name(), floor.value));
    std::erase_if(blocks, [floor](const TraceBlock& block) { return block.modseq_max <= floor; });
    traces = Traces::from_parts(std::move(blocks), traces.young(), floor);
  }

  const MailboxState& mailbox_;
  const std::map<PageId, BytesView>& pages_;
  std::vector<std::string>& said_;
};

}  // namespace

Result<RootLeft> root_without_lost(BytesView root, const std::vector<LoadedPage>& pages,
                                   std::vector<std::string>& said) {
  ROOST_TRY(Root decoded, read_root(root));
  return RootRepair(std::move(decoded), pages, said).run();
}

std::vector<PageId> pages_of_rows(const Snapshot& snapshot) {
  std::vector<PageId> out;
  for (const auto* mailboxes : {&snapshot.state().mailboxes, &snapshot.state().deleted}) {
    mailboxes->for_each([&](MailboxId, const MailboxPtr& mailbox) {
      for (const ChunkPtr& chunk : mailbox->chunks) {
        if (!chunk->hot) out.push_back(chunk->hot_page);
        if (!chunk->cold) out.push_back(chunk->cold_page);
      }
      for (const TraceBlock& block : mailbox->traces.sealed()) {
        if (!block.traces) out.push_back(block.page);
      }
      return true;
    });
  }
  return out;
}

Result<SnapshotPtr> with_what_is_left(const SnapshotPtr& snapshot, const std::vector<LoadedPage>& pages,
                                      std::vector<std::string>& said) {
  std::map<PageId, BytesView> by_id;
  for (const LoadedPage& page : pages) by_id.emplace(page.id, page.data);
  AccountState next = snapshot->state();
  for (auto* mailboxes : {&next.mailboxes, &next.deleted}) {
    std::vector<MailboxPtr> all;
    mailboxes->for_each([&](MailboxId, const MailboxPtr& mailbox) {
      all.push_back(mailbox);
      return true;
    });
    for (const MailboxPtr& mailbox : all) {
      MailboxState left = MailboxLeft(*mailbox, by_id, said).run();
      mailboxes->set(mailbox->id, std::make_shared<const MailboxState>(std::move(left)));
    }
  }
  return std::make_shared<const Snapshot>(std::make_shared<const AccountState>(std::move(next)));
}

}  // namespace roost::mail
