#include <algorithm>
#include <map>

#include "mail/account_state.h"
#include "mail/chunk_page.h"
#include "mail/engine.h"
#include "mail/mailbox_entry.h"

namespace roost::mail {
namespace {

Result<ChunkPtr> with_page(const Chunk& chunk, const LoadedPage& page) {
  auto loaded = std::make_shared<Chunk>(chunk);
  if (chunk.hot_page == page.id && !chunk.hot) {
    ROOST_TRY(loaded->hot, read_hot_page(page.data, chunk));
  }
  if (chunk.cold_page == page.id && !chunk.cold) {
    ROOST_TRY(loaded->cold, read_cold_page(page.data, chunk));
  }
  return loaded;
}

// Puts pages where they belong, mailbox by mailbox.
class Loading {
 public:
  explicit Loading(const AccountState& state) : state_(state) {}

  Result<> add(const LoadedPage& page) {
    const auto& owners = state_.layout->pages;
    auto owner = std::ranges::lower_bound(owners, page.id, {}, &PageOwner::page);
    if (owner == owners.end() || owner->page != page.id) return {};  // of an older checkpoint: nobody asks any more
    ROOST_TRY(bool found, add_to(owner->mailbox, page));
    if (found) return {};
    return add_anywhere(page);
  }

  SnapshotPtr finish() {
    AccountState next = state_;
    for (auto& [id, mailbox] : open_) {
      const MailboxPtr& old = *state_.mailboxes.find(id);
      next.resident_bytes += mailbox->resident_bytes() - old->resident_bytes();
      next.mailboxes.set(id, std::move(mailbox));
    }
    return std::make_shared<const Snapshot>(std::make_shared<const AccountState>(std::move(next)));
  }

 private:
  const MailboxState* find(MailboxId id) const {
    if (auto it = open_.find(id); it != open_.end()) return it->second.get();
    const MailboxPtr* mailbox = state_.mailboxes.find(id);
    return mailbox != nullptr ? mailbox->get() : nullptr;
  }
  MailboxState& open(MailboxId id) {
    auto& slot = open_[id];
    if (!slot) slot = std::make_shared<MailboxState>(**state_.mailboxes.find(id));
    return *slot;
  }

  // A chunk may lie in another mailbox than at the last checkpoint: RENAME of INBOX.
  Result<> add_anywhere(const LoadedPage& page) {
    std::vector<MailboxId> ids;
    state_.mailboxes.for_each([&ids](MailboxId id, const MailboxPtr&) {
      ids.push_back(id);
      return true;
    });
    for (MailboxId id : ids) {
      ROOST_TRY(bool found, add_to(id, page));
      if (found) return {};
    }
    return {};
  }

  Result<bool> add_to(MailboxId id, const LoadedPage& page) {
    const MailboxState* mailbox = find(id);
    if (mailbox == nullptr) return false;
    for (size_t i = 0; i < mailbox->chunks.size(); ++i) {
      const Chunk& chunk = *mailbox->chunks[i];
      if (chunk.hot_page != page.id && chunk.cold_page != page.id) continue;
      ROOST_TRY(ChunkPtr loaded, with_page(chunk, page));
      open(id).chunks[i] = std::move(loaded);
      return true;
    }
    const auto& sealed = mailbox->traces.sealed();
    auto block = std::ranges::find(sealed, page.id, &TraceBlock::page);
    if (block == sealed.end()) return false;
    ROOST_TRY(ColumnPtr<Trace> traces, read_trace_page(page.data, *block));
    std::vector<TraceBlock> blocks = sealed;
    blocks[static_cast<size_t>(block - sealed.begin())].traces = std::move(traces);
    open(id).traces.replace_sealed(std::move(blocks));
    return true;
  }

  const AccountState& state_;
  std::map<MailboxId, std::shared_ptr<MailboxState>> open_;
};

}  // namespace

Result<SnapshotPtr> with_pages(const SnapshotPtr& snapshot, const std::vector<LoadedPage>& pages) {
  Loading loading(snapshot->state());
  for (const LoadedPage& page : pages) ROOST_TRY_VOID(loading.add(page));
  return loading.finish();
}

}  // namespace roost::mail
