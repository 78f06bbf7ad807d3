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
    for (bool deleted : {false, true}) {
      ROOST_TRY(bool found, add_to({owner->mailbox, deleted}, page));
      if (found) return {};
    }
    return add_anywhere(page);
  }

  SnapshotPtr finish() {
    AccountState next = state_;
    for (auto& [place, mailbox] : open_) {
      auto& mailboxes = place.deleted ? next.deleted : next.mailboxes;
      const MailboxPtr& old = *mailboxes.find(place.id);
      next.resident_bytes += mailbox->resident_bytes() - old->resident_bytes();
      mailboxes.set(place.id, std::move(mailbox));
    }
    return std::make_shared<const Snapshot>(std::make_shared<const AccountState>(std::move(next)));
  }

 private:
  // A name that was deleted and stays as \Noselect has the id of what was deleted.
  struct Place {
    MailboxId id;
    bool deleted = false;
    friend auto operator<=>(const Place&, const Place&) = default;
  };

  const MailboxPtr* stored(Place place) const {
    return (place.deleted ? state_.deleted : state_.mailboxes).find(place.id);
  }
  const MailboxState* find(Place place) const {
    if (auto it = open_.find(place); it != open_.end()) return it->second.get();
    const MailboxPtr* mailbox = stored(place);
    return mailbox != nullptr ? mailbox->get() : nullptr;
  }
  MailboxState& open(Place place) {
    auto& slot = open_[place];
    if (!slot) slot = std::make_shared<MailboxState>(**stored(place));
    return *slot;
  }

  // A chunk may lie in another mailbox than at the last checkpoint: RENAME of INBOX.
  Result<> add_anywhere(const LoadedPage& page) {
    std::vector<Place> places;
    for (bool deleted : {false, true}) {
      (deleted ? state_.deleted : state_.mailboxes).for_each([&](MailboxId id, const MailboxPtr&) {
        places.push_back({id, deleted});
        return true;
      });
    }
    for (Place place : places) {
      ROOST_TRY(bool found, add_to(place, page));
      if (found) return {};
    }
    return {};
  }

  Result<bool> add_to(Place place, const LoadedPage& page) {
    const MailboxState* mailbox = find(place);
    if (mailbox == nullptr) return false;
    for (size_t i = 0; i < mailbox->chunks.size(); ++i) {
      const Chunk& chunk = *mailbox->chunks[i];
      if (chunk.hot_page != page.id && chunk.cold_page != page.id) continue;
      ROOST_TRY(ChunkPtr loaded, with_page(chunk, page));
      open(place).chunks[i] = std::move(loaded);
      return true;
    }
    const auto& sealed = mailbox->traces.sealed();
    auto block = std::ranges::find(sealed, page.id, &TraceBlock::page);
    if (block == sealed.end()) return false;
    ROOST_TRY(ColumnPtr<Trace> traces, read_trace_page(page.data, *block));
    std::vector<TraceBlock> blocks = sealed;
    blocks[static_cast<size_t>(block - sealed.begin())].traces = std::move(traces);
    open(place).traces.replace_sealed(std::move(blocks));
    return true;
  }

  const AccountState& state_;
  std::map<Place, std::shared_ptr<MailboxState>> open_;
};

}  // namespace

Result<SnapshotPtr> with_pages(const SnapshotPtr& snapshot, const std::vector<LoadedPage>& pages) {
  Loading loading(snapshot->state());
  for (const LoadedPage& page : pages) ROOST_TRY_VOID(loading.add(page));
  return loading.finish();
}

}  // namespace roost::mail
