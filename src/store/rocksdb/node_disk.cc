// Giving room back to the disk.
#include "store/rocksdb/keys.h"
#include "store/rocksdb/node.h"
#include "store/rocksdb/tables.h"

namespace roost::store {
namespace {

// Rewriting everything that lies near what was deleted takes room for a while: only with so many times free_bytes_min.
constexpr uint64_t kEraseFreeFactor = 4;

Result<> compact_family(Engine& engine, Family family, AccountId account, bool erase) {
  std::string begin = keys::account(account);
  std::string end = keys::account_end(account);
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  if (erase) {
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    options.blob_garbage_collection_policy = rocksdb::BlobGarbageCollectionPolicy::kForce;
    options.blob_garbage_collection_age_cutoff = 1.0;
  }
  rocksdb::Slice first(begin);
  rocksdb::Slice last(end);
  rocksdb::Status status = engine.tables().db().CompactRange(options, engine.tables().family(family), &first, &last);
  if (!status.ok()) return status_error(status);
  return {};
}

Result<> compact_account(Engine& engine, AccountId account) {
  auto space = engine.files().space(engine.config().directory);
  bool erase = space && space->free_bytes / kEraseFreeFactor >= engine.config().free_bytes_min;
  for (Family family : {Family::log, Family::pages, Family::blobs, Family::sizes, Family::index}) {
    ROOST_TRY_VOID(compact_family(engine, family, account, erase));
  }
  return {};
}

}  // namespace

task<Result<>> RocksdbNode::compact(AccountId account) {
  co_return co_await on_pool([account](Engine& engine) { return compact_account(engine, account); });
}

}  // namespace roost::store
