// What the memory engine's nodes share: the durable state, and every operation on it as one atomic step.
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "store/index_store.h"
#include "store/memory/memory.h"
#include "store/watchers.h"

namespace roost::store {

// Data with the checksums that tell damage: one for each 64 KiB block.
class Sealed {
 public:
  Sealed() = default;
  explicit Sealed(Bytes data);

  uint64_t size() const { return data_.size(); }
  // Verifies the blocks that the range touches.
  Result<Bytes> read(Range range) const;
  Result<Bytes> read() const { return read({0, data_.size()}); }
  bool damage(uint64_t offset);

 private:
  Bytes data_;
  std::vector<uint32_t> sums_;
};

struct StoredRecord {
  CommitId commit_id{};
  Sealed record;
};

struct MemoryAccount {
  Generation generation;
  Position root_position;
  Sealed root;
  std::map<Position, StoredRecord> log;  // history up to root_position, then the tail
  std::map<PageId, Sealed> pages;
  std::map<uint64_t, Sealed> blobs;  // by serial
  std::map<std::string, Position> followers;
  uint64_t index_tag = 0;
  Sealed index_root;
  std::map<PageId, Sealed> index_pages;

  Position head() const;
  Result<LogRecord> record(std::map<Position, StoredRecord>::const_iterator it) const;
  Result<std::vector<LogRecord>> records_after(Position position) const;
};

// Thread-safe: each call is atomic.
class MemoryDiskState {
 public:
  Result<Opened> open(AccountId account) const;
  Result<Opened> since(AccountId account, Position position) const;
  Committed commit(AccountId account, Commit commit);
  void hold_back(AccountId account, Commit commit, TimePoint now);
  bool carry_out_late(TimePoint now, Seconds age_max);

  Result<bool> checkpoint(AccountId account, Generation expect, Root root, std::vector<NewPage> pages);
  Result<std::vector<Bytes>> get_pages(AccountId account, const std::vector<PageId>& pages) const;
  Result<> delete_pages(AccountId account, const std::vector<PageId>& pages);
  Result<std::vector<PageId>> list_pages(AccountId account) const;
  Result<std::vector<LogRecord>> history(AccountId account, Position after, size_t bytes_max) const;
  Result<> trim_history(AccountId account, Position position);

  Result<> put_blob(BlobId id, Bytes data);
  Result<Bytes> get_blob(BlobId id, Range range) const;
  Result<> link_blob(BlobId from, BlobId to);
  Result<> delete_blobs(const std::vector<BlobId>& blobs);
  Result<std::vector<BlobInfo>> list_blobs(AccountId owner, uint64_t after_serial, size_t count_max) const;

  Result<AccountId> new_account_id();
  Result<std::vector<AccountId>> accounts() const;
  Result<> delete_account(AccountId account);

  Result<NameOutcome> claim_name(std::string space, std::string name, Bytes value);
  Result<NameOutcome> release_name(std::string space, std::string name);
  Result<std::optional<Bytes>> find_name(std::string space, std::string name) const;
  Result<std::vector<AccountStore::NameValue>> list_names(const std::string& space) const;
  Result<NameOutcome> update_name(std::string space, std::string name, const Bytes& expect, Bytes value);

  Result<IndexHead> read_index(AccountId account) const;
  Result<std::vector<std::optional<Bytes>>> get_index_pages(AccountId account, const std::vector<PageId>& pages) const;
  Result<bool> change_index(AccountId account, IndexChange change);
  Result<> drop_index(AccountId account);

  Result<std::optional<Position>> follower(const std::string& follower, AccountId account) const;
  Result<> set_follower(std::string follower, AccountId account, Position position);

  uint64_t writes() const { return writes_; }
  Space space() const;
  void set_space(Space space);

  // Tests' damage: `change` gets the account and says whether it found what it was to break.
  bool damage(AccountId account, const std::function<bool(MemoryAccount&)>& change);

  Watchers& watchers() { return watchers_; }

 private:
  bool full() const { return space_.free_bytes == 0; }
  const MemoryAccount* find(AccountId account) const;

  struct Held {
    TimePoint since;
    AccountId account;
    Commit commit;
  };

  Watchers watchers_;
  mutable std::mutex mutex_;  // guards all below
  std::map<AccountId, MemoryAccount> accounts_;
  std::deque<Held> late_;
  std::map<std::pair<std::string, std::string>, Bytes> names_;  // (space, name) → value
  uint64_t last_account_ = 0;
  std::atomic<uint64_t> writes_ = 0;
  Space space_{uint64_t{1} << 40, uint64_t{1} << 40};
};

}  // namespace roost::store
