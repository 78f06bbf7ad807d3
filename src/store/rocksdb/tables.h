// RocksDB, opened with Roost's settings: the only header that includes RocksDB's.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/file_system.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "store/open.h"

namespace roost::store {

class ManifestSeal;

// The column families; docs/formats/store.md has their keys and values.
enum class Family : uint8_t { meta, log, roots, pages, blobs, sizes, names, followers, index };
inline constexpr size_t kFamilies = 9;
template <class T>
using PerFamily = std::array<T, kFamilies>;

// Of one family in memory; with more of them its table is written out.
inline constexpr uint32_t kRangeDeletionsMax = 1000;

// code corruption, or unavailable for everything else that a read can meet.
Fail status_error(const rocksdb::Status& status);

// A table in which something does not match its checksum.
struct DamagedTable {
  Family family = Family::meta;
  std::string file;   // "000036.sst"
  std::string first;  // the keys that it is said to hold
  std::string last;
  uint64_t size = 0;   // in octets, as it should be
  bool opens = false;  // else nothing of it can be read
  std::string why;     // RocksDB's words
};

// Thread-safe.
class Tables {
 public:
  // `file_system` null: the system's. `seal` outlives it.
  static Result<std::unique_ptr<Tables>> open(const StoreConfig& config, const std::string& directory,
                                              std::shared_ptr<rocksdb::FileSystem> file_system, ManifestSeal& seal);
  // The number of the first log that an opening would replay. Opens the database for reading and closes it again.
  static Result<uint64_t> first_log_needed(const StoreConfig& config, const std::string& directory,
                                           std::shared_ptr<rocksdb::FileSystem> file_system);
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;
  // Writes out what is only in memory and in the write-ahead log, so that the next opening has nothing to replay.
  ~Tables();

  rocksdb::DB& db() { return *db_; }
  rocksdb::ColumnFamilyHandle* family(Family family) const { return handles_[static_cast<size_t>(family)]; }

  // Nothing where the key is not there.
  Result<std::optional<Bytes>> get(Family family, BytesView key, const rocksdb::Snapshot* snapshot = nullptr);

  // Likewise, and without a copy.
  using Pinned = Result<std::optional<rocksdb::PinnableSlice>>;
  Pinned get_pinned(Family family, BytesView key);
  // In the order of `keys`. One that cannot be read fails alone.
  std::vector<Pinned> get_many(Family family, const std::vector<std::string>& keys);

  // Calls visit(key, value) for the keys in [begin, end) in order until it gives back false.
  template <class Visit>
  Result<> scan(Family family, const std::string& begin, const std::string& end, Visit visit,
                const rocksdb::Snapshot* snapshot = nullptr);

  // The last key in [begin, end).
  Result<std::optional<Bytes>> last_key(Family family, const std::string& begin, const std::string& end);

  // So many were written just now. Every one makes the next read sort all that are in memory again, so a family that
  // has many is written out, in the background. For the committer's thread.
  void note_range_deletions(const PerFamily<uint32_t>& written);

  // Those that do not verify. Reads all of them; blocks.
  Result<std::vector<DamagedTable>> damaged_tables();

  // A flush or compaction met a full disk or damage: RocksDB takes no writes (and, when there is room again, goes on).
  bool refuses_writes() const { return refuses_writes_; }

 private:
  class Listener;
  struct Opening;

  Tables() = default;
  // What both kinds of opening need.
  Opening opening(const StoreConfig& config, std::shared_ptr<rocksdb::FileSystem> file_system);
  static rocksdb::Status open_damaged(Opening& o, const std::string& directory, const rocksdb::Status& strict);

  std::atomic<bool> refuses_writes_ = false;
  ManifestSeal* seal_ = nullptr;
  std::unique_ptr<rocksdb::Env> env_;  // outlives db_
  std::unique_ptr<rocksdb::DB> db_;
  PerFamily<rocksdb::ColumnFamilyHandle*> handles_{};
  PerFamily<uint32_t> range_deletions_{};  // the committer's: written since the last flush for their sake
};

template <class Visit>
Result<> Tables::scan(Family family, const std::string& begin, const std::string& end, Visit visit,
                      const rocksdb::Snapshot* snapshot) {
  rocksdb::Slice upper(end);
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  options.iterate_upper_bound = &upper;
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options, this->family(family)));
  for (it->Seek(begin); it->Valid(); it->Next()) {
    if (!visit(it->key().ToStringView(), it->value().ToStringView())) break;
  }
  if (!it->status().ok()) return status_error(it->status());
  return {};
}

}  // namespace roost::store
