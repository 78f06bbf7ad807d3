// Where the search index of an account lies, beside its log: a root and pages, derived from the bodies. It may be lost,
// to a power cut or to who drops it, but only as a whole change: what is there fits together. Every engine's
// AccountStore is one of these, too. Calls as in store.h.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "store/store.h"

namespace roost::store {

// The tag is another one after every change; 0: there is no index.
struct IndexHead {
  uint64_t tag = 0;
  Bytes root;
};

struct IndexChange {
  uint64_t expect = 0;  // the tag as the caller knows it
  uint64_t tag = 0;     // the new one, random, not 0
  Bytes root;
  std::vector<NewPage> pages;  // no id is 0
  std::vector<PageId> dropped;
  std::vector<BlobId> dead;  // bodies that are deleted together with what the index had of them
};

class IndexStore {
 public:
  virtual ~IndexStore() = default;

  virtual task<Result<IndexHead>> read_index(AccountId account) = 0;
  // In the order asked for; nothing for a page that is not there, as after a change. Code::corruption for a damaged
  // one.
  virtual task<Result<std::vector<std::optional<Bytes>>>> get_index_pages(AccountId account,
                                                                          std::vector<PageId> pages) = 0;
  // False if the index is another one by now: nothing is stored then, and nothing deleted. Durable on return where
  // bodies are deleted.
  virtual task<Result<bool>> change_index(AccountId account, IndexChange change) = 0;
  virtual task<Result<>> drop_index(AccountId account) = 0;  // all of it; idempotent
};

}  // namespace roost::store
