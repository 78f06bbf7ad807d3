// An account's search index in its store: read, judged and changed as a whole.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "accounts/environment.h"
#include "search/block_builder.h"
#include "search/index_root.h"
#include "store/index_store.h"

namespace roost::accounts {

// As it was read. `root` is empty where there is none, or none that this version can use: drop that first.
struct StoredIndex {
  uint64_t tag = 0;  // 0: there is none
  std::optional<search::IndexRoot> root;
  bool damaged = false;
};
task<Result<StoredIndex>> read_index(Environment& env, AccountId account);

// One that knows nothing yet, with page ids that no earlier one has used.
search::IndexRoot new_index_root(Position position);

// A block with all of its pieces.
struct WholeBlock {
  search::BlockBodies bodies;
  std::vector<Bytes> pieces;
};
// Code::corruption where anything of it is missing or damaged.
task<Result<WholeBlock>> read_block(Environment& env, AccountId account, search::BlockEntry block);
// The bodies of these blocks, in their order; nothing for a block that is no longer there.
task<Result<std::vector<std::optional<search::BlockBodies>>>> read_bodies(Environment& env, AccountId account,
                                                                          std::span<const search::BlockEntry> blocks);

// A change of `index` in the making.
class IndexEdit {
 public:
  explicit IndexEdit(StoredIndex index);

  search::IndexRoot& root() { return *index_.root; }
  // Takes block number `at` out.
  void drop(size_t at);
  // The block is empty afterwards. Nothing where it has no bodies.
  void add(search::BlockBuilder& block, size_t at);
  void add(search::BlockBuilder& block) { add(block, root().blocks.size()); }

  // False where the stored index is another one by now.
  task<Result<bool>> write(Environment& env, AccountId account, std::vector<BlobId> dead);
  // After write() gave true: the index as it is now.
  StoredIndex take() { return std::move(index_); }

 private:
  StoredIndex index_;
  std::vector<store::NewPage> pages_;
  std::vector<PageId> dropped_;
};

}  // namespace roost::accounts
