// The search index of the accounts on a MemoryDisk.
#include "store/memory/disk.h"

namespace roost::store {

Result<IndexHead> MemoryDiskState::read_index(AccountId account) const {
  std::lock_guard lock(mutex_);
  const MemoryAccount* found = find(account);
  if (found == nullptr || found->index_tag == 0) return IndexHead();
  ROOST_TRY(Bytes root, found->index_root.read());
  return IndexHead{found->index_tag, std::move(root)};
}

Result<std::vector<std::optional<Bytes>>> MemoryDiskState::get_index_pages(AccountId account,
                                                                           const std::vector<PageId>& pages) const {
  std::lock_guard lock(mutex_);
  std::vector<std::optional<Bytes>> out(pages.size());
  const MemoryAccount* found = find(account);
  for (size_t i = 0; i < pages.size() && found != nullptr; ++i) {
    auto page = found->index_pages.find(pages[i]);
    if (page == found->index_pages.end()) continue;
    ROOST_TRY(out[i], page->second.read());
  }
  return out;
}

Result<bool> MemoryDiskState::change_index(AccountId account, IndexChange change) {
  std::lock_guard lock(mutex_);
  const MemoryAccount* found = find(account);
  if ((found != nullptr ? found->index_tag : 0) != change.expect) return false;
  if (full() && change.dead.empty()) return no(Code::limit, "The disk is full.");
  MemoryAccount& changed = accounts_[account];
  changed.index_tag = change.tag;
  changed.index_root = Sealed(std::move(change.root));
  for (PageId page : change.dropped) changed.index_pages.erase(page);
  for (NewPage& page : change.pages) changed.index_pages[page.id] = Sealed(std::move(page.data));
  for (BlobId id : change.dead) {
    if (auto owner = accounts_.find(id.owner); owner != accounts_.end()) owner->second.blobs.erase(id.serial);
  }
  return true;
}

Result<> MemoryDiskState::drop_index(AccountId account) {
  std::lock_guard lock(mutex_);
  auto found = accounts_.find(account);
  if (found == accounts_.end()) return {};
  found->second.index_tag = 0;
  found->second.index_root = Sealed();
  found->second.index_pages.clear();
  return {};
}

}  // namespace roost::store
