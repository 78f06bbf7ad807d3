// One node on a MemoryDisk: when its calls take effect, and what goes wrong with them.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "rt/loop.h"
#include "store/index_store.h"
#include "store/memory/disk.h"
#include "store/memory/faults.h"

namespace roost::store {

// What a node's calls under way hold on to: it outlives the node. Thread-safe.
struct NodeCore {
  NodeCore(std::shared_ptr<MemoryDiskState> on, FaultPlan plan) : disk(std::move(on)), faults(plan) {}

  std::shared_ptr<MemoryDiskState> disk;
  Faults faults;
  std::atomic<bool> crashed = false;

  void crash();
  // One step: lets others run, and may crash the node. False where the node is down afterwards.
  task<bool> step();
};

using CorePtr = std::shared_ptr<NodeCore>;

// A call is a step, its work in one piece, and a step: a crash in the first loses the call, in the second its answer.
template <class T, class Work>
task<Result<T>> call_node(CorePtr core, Work work) {
  if (core->crashed || !co_await core->step() || core->faults.unavailable()) {
    co_return fault("the store is unavailable", Code::unavailable);
  }
  Result<T> result = work(*core);
  if (!co_await core->step()) co_return fault("the store is unavailable", Code::unavailable);
  co_return result;
}

class MemoryNode : public MemoryStore, public IndexStore {
 public:
  MemoryNode(std::shared_ptr<MemoryDiskState> disk, FaultPlan plan)
      : core_(std::make_shared<NodeCore>(std::move(disk), plan)) {}
  ~MemoryNode() override { core_->crash(); }

  void crash() override { core_->crash(); }
  bool crashed() const override { return core_->crashed; }
  void set_faults(FaultPlan plan) override { core_->faults.set(plan); }
  uint64_t steps() const override { return core_->faults.steps(); }

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
  CorePtr core_;
};

}  // namespace roost::store
