// One node on an engine: AccountStore's calls, each a read on the pool or a request to the committer.
#pragma once

#include <memory>
#include <utility>

#include "store/index_store.h"
#include "store/rocksdb/engine.h"
#include "store/store.h"

namespace roost::store {

// Must outlive its calls.
class RocksdbNode : public AccountStore, public IndexStore {
 public:
  explicit RocksdbNode(std::shared_ptr<Engine> engine) : engine_(std::move(engine)) {}

  task<Result<Opened>> open(AccountId account) override;
  task<Committed> commit(AccountId account, Commit commit) override;
  task<Result<Opened>> since(AccountId account, Position position) override;
  task<Result<bool>> checkpoint(AccountId account, Generation expect, Root root,
                                std::span<const NewPage> pages) override;
  task<Result<std::vector<Bytes>>> get_pages(AccountId account, std::span<const PageId> pages) override;
  task<Result<>> delete_pages(AccountId account, std::span<const PageId> pages) override;
  task<Result<std::vector<PageId>>> list_pages(AccountId account) override;
  task<Result<std::vector<LogRecord>>> history(AccountId account, Position after, size_t bytes_max) override;
  task<Result<>> trim_history(AccountId account, Position position) override;
  task<Result<std::unique_ptr<BlobWriter>>> create_blob(BlobId id, uint64_t size_hint) override;
  task<Result<Bytes>> get_blob(BlobId id, Range range) override;
  task<std::vector<Result<Bytes>>> get_blobs(std::vector<BlobRange> blobs) override;
  task<Result<>> link_blob(BlobId from, BlobId to) override;
  task<Result<>> delete_blobs(std::span<const BlobId> blobs) override;
  task<Result<std::vector<BlobInfo>>> list_blobs(AccountId owner, uint64_t after_serial, size_t count_max) override;
  task<Result<AccountId>> new_account_id() override;
  task<Result<std::vector<AccountId>>> accounts() override;
  task<Result<>> delete_account(AccountId account) override;
  task<Result<NameOutcome>> claim_name(std::string space, std::string name, Bytes value) override;
  task<Result<NameOutcome>> release_name(std::string space, std::string name) override;
  task<Result<std::optional<Bytes>>> find_name(std::string space, std::string name) override;
  task<Result<std::vector<NameValue>>> list_names(std::string space) override;
  task<Result<NameOutcome>> update_name(std::string space, std::string name, Bytes expect, Bytes value) override;
  task<Result<IndexHead>> read_index(AccountId account) override;
  task<Result<std::vector<std::optional<Bytes>>>> get_index_pages(AccountId account,
                                                                  std::vector<PageId> pages) override;
  task<Result<bool>> change_index(AccountId account, IndexChange change) override;
  task<Result<>> drop_index(AccountId account) override;
  task<Result<std::optional<Position>>> follower(std::string follower, AccountId account) override;
  task<Result<>> set_follower(std::string follower, AccountId account, Position position) override;
  task<Result<>> compact(AccountId account) override;
  task<Result<std::string>> freeze(std::string name) override;
  task<Result<>> thaw(std::string name) override;
  Watch watch(AccountId account, WatchCallback callback) override;
  task<Result<Space>> space() override;
  task<Result<std::vector<std::string>>> damaged_files() override;

 private:
  // read(engine) on a thread that may block.
  template <class Read>
  auto on_pool(Read read) {
    return engine_->reads().run([engine = engine_.get(), read = std::move(read)] { return read(*engine); });
  }

  std::shared_ptr<Engine> engine_;
};

}  // namespace roost::store
