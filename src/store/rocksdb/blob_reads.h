// Reads of blobs, wherever they lie. They block: the pool's threads make them.
#pragma once

#include <vector>

#include "store/rocksdb/engine.h"
#include "store/store.h"

namespace roost::store {

Result<Bytes> read_blob(Engine& engine, BlobId id, Range range);
std::vector<Result<Bytes>> read_blobs(Engine& engine, const std::vector<AccountStore::BlobRange>& blobs);
// As it is stored, if it is a small one.
Result<std::optional<Bytes>> read_small_blob(Engine& engine, BlobId id);
Result<std::vector<BlobInfo>> read_blob_list(Engine& engine, AccountId owner, uint64_t after_serial, size_t count_max);

}  // namespace roost::store
