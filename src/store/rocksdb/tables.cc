#include "store/rocksdb/tables.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/flush_block_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/sst_file_manager.h>
#include <rocksdb/table.h>
#include <rocksdb/wal_filter.h>

#include <algorithm>
#include <limits>

#include "base/log.h"
#include "store/rocksdb/fatal.h"
#include "store/rocksdb/manifest_seal.h"
#include "store/rocksdb/strict_syncs.h"

// RocksDB sums every octet that it writes or reads outside of its tables: logs and packs of bodies. A library that was
// built for every processor does so from a table of numbers, at a tenth of the speed of the processor's instruction. It
// calls this function through the dynamic linker, which prefers the program's; weak, so that a static library keeps its
// own.
namespace rocksdb::crc32c {

// The sum of what gave `before` with these octets behind it.
[[gnu::weak, gnu::visibility("default")]] uint32_t Extend(uint32_t before, const char* data, size_t size);

uint32_t Extend(uint32_t before, const char* data, size_t size) {
  return roost::crc32c(roost::BytesView(data, size), before);
}

}  // namespace rocksdb::crc32c

namespace roost::store {
namespace {

using rocksdb::BackgroundErrorReason;

// In the order of Family. RocksDB insists on "default".
constexpr std::array<const char*, kFamilies> kNames = {"default", "log",   "roots",     "pages", "blobs",
                                                       "sizes",   "names", "followers", "index"};
constexpr uint64_t kPackedBlobBytesMin = 1024;  // smaller values stay in the tables themselves
constexpr size_t kTableBlockBytes = size_t{16} << 10;
constexpr size_t kLogFileBytesMax = size_t{4} << 20;
constexpr size_t kLogFilesMax = 4;

rocksdb::BlockBasedTableOptions table_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions options;
  options.block_cache = cache;
  options.block_size = kTableBlockBytes;
  options.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // Indexes and filters count against the cache's limit too, else they grow with the store.
  options.cache_index_and_filter_blocks = true;
  options.cache_index_and_filter_blocks_with_high_priority = true;
  options.pin_l0_filter_and_index_blocks_in_cache = true;
  options.format_version = 5;
  return options;
}

// A large value has a block of its own, so that whoever wants its small neighbour does not read it: the rows of a chunk
// that change are a few hundred octets, and lie beside those that do not, which take half a megabyte.
class LargeValuesApart : public rocksdb::FlushBlockPolicyFactory {
 public:
  const char* Name() const override { return "LargeValuesApart"; }
  rocksdb::FlushBlockPolicy* NewFlushBlockPolicy(const rocksdb::BlockBasedTableOptions&,
                                                 const rocksdb::BlockBuilder&) const override {
    return new Policy;
  }

 private:
  class Policy : public rocksdb::FlushBlockPolicy {
   public:
    bool Update(const rocksdb::Slice& key, const rocksdb::Slice& value) override {
      size_t bytes = key.size() + value.size();
      bool ends = block_bytes_ > 0 && block_bytes_ + bytes > kTableBlockBytes;
      block_bytes_ = ends ? bytes : block_bytes_ + bytes;
      return ends;
    }

   private:
    size_t block_bytes_ = 0;
  };
};

rocksdb::ColumnFamilyOptions family_options(const StoreConfig& config, Family family,
                                            rocksdb::BlockBasedTableOptions table) {
  rocksdb::ColumnFamilyOptions options;
  if (family == Family::pages) table.flush_block_policy_factory = std::make_shared<LargeValuesApart>();
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compression = rocksdb::kLZ4Compression;
  options.level_compaction_dynamic_level_bytes = true;
  options.write_buffer_size = config.write_buffer_bytes_max / 2;
  options.arena_block_size = size_t{256} << 10;
  options.paranoid_file_checks = false;  // reads every new table again; the checksums find it when it is read
  if (family == Family::blobs) {
    options.enable_blob_files = true;
    options.min_blob_size = kPackedBlobBytesMin;
    options.blob_file_size = config.blob_pack_bytes;
    options.blob_compression_type = rocksdb::kLZ4Compression;
    options.enable_blob_garbage_collection = true;
    options.blob_garbage_collection_age_cutoff = 1.0;
    options.blob_garbage_collection_force_threshold = 0.15;
  }
  return options;
}

// docs/decisions/0002-rocksdb.md gives the reason for each that is not RocksDB's default.
rocksdb::DBOptions db_options(const StoreConfig& config) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.paranoid_checks = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.track_and_verify_wals_in_manifest = true;
  options.recycle_log_file_num = 0;
  options.avoid_flush_during_recovery = false;
  options.max_total_wal_size = config.wal_bytes_max;
  options.db_write_buffer_size = config.write_buffer_bytes_max;
  options.max_open_files = config.open_files_max;
  options.max_background_jobs = config.background_jobs_max;
  options.skip_stats_update_on_db_open = true;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.max_log_file_size = kLogFileBytesMax;
  options.keep_log_file_num = kLogFilesMax;
  return options;
}

Fail open_error(const std::string& directory, const rocksdb::Status& status) {
  Fail error = status_error(status);
  error.error().text = "cannot open the store in " + directory + ": " + error.error().text;
  return error;
}

}  // namespace

Fail status_error(const rocksdb::Status& status) {
  bool damaged = status.IsCorruption() || status.IsPathNotFound();  // a file that should be there is not
  return fault(status.ToString(), damaged ? Code::corruption : Code::unavailable);
}

class Tables::Listener : public rocksdb::EventListener {
 public:
  Listener(std::atomic<bool>& refuses_writes, ManifestSeal& seal) : refuses_writes_(refuses_writes), seal_(seal) {}

  void OnFlushCompleted(rocksdb::DB* db, const rocksdb::FlushJobInfo&) override { seal_.note(*db); }
  void OnCompactionCompleted(rocksdb::DB* db, const rocksdb::CompactionJobInfo&) override { seal_.note(*db); }

  // A full disk may get room again, and damage in a table leaves the rest readable: the store then refuses writes.
  // Everything else, and anything on the way of a write that somebody waits for, ends the process.
  void OnBackgroundError(BackgroundErrorReason reason, rocksdb::Status* error) override {
    bool background = reason == BackgroundErrorReason::kFlush || reason == BackgroundErrorReason::kCompaction;
    bool bearable = error->IsNoSpace() || error->IsCorruption();
    if (!background || !bearable) die("background work or a write", error->ToString());
    refuses_writes_ = true;
    log::error("store_refuses_writes", {{"error", error->ToString()}});
  }

  void OnErrorRecoveryEnd(const rocksdb::BackgroundErrorRecoveryInfo& info) override {
    if (!info.new_bg_error.ok()) return;
    refuses_writes_ = false;
    log::info("store_takes_writes_again");
  }

 private:
  std::atomic<bool>& refuses_writes_;
  ManifestSeal& seal_;
};

struct Tables::Opening {
  rocksdb::DBOptions options;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
};

Tables::Opening Tables::opening(const StoreConfig& config, std::shared_ptr<rocksdb::FileSystem> file_system) {
  Opening opening{db_options(config), {}, {}, nullptr};
  env_ = rocksdb::NewCompositeEnv(with_strict_syncs(std::move(file_system)));
  opening.options.env = env_.get();
  auto table = table_options(rocksdb::NewLRUCache(config.block_cache_bytes_max, -1, false, 0.3));
  for (size_t i = 0; i < kFamilies; ++i) {
    opening.families.emplace_back(kNames[i], family_options(config, static_cast<Family>(i), table));
  }
  return opening;
}

// RocksDB's words for a table that has not the size which the manifest says, or whose end (index, properties, footer)
// is damaged. One that is missing may as well mean a manifest that is too old, whose other tables RocksDB would then
// delete: that is for the operator.
bool is_damaged_table(const rocksdb::Status& status) {
  std::string text = status.ToString();
  auto says = [&text](const char* words) { return text.find(words) != std::string::npos; };
  bool missing = says("No such file") || says("Can't access");
  constexpr std::array kWords = {"to be an sstable",
                                 "Sst file size mismatch",
                                 "Bad table magic number",
                                 "properties unsorted",
                                 "block checksum mismatch",
                                 "table properties",
                                 "unique ID"};
  return status.IsCorruption() && !missing && std::ranges::any_of(kWords, says);
}

// With a table that is damaged, what lies in it is an error whenever it is read, and the rest is served. RocksDB
// would otherwise not open at all. The write-ahead log, which it then trusts more, was judged before.
rocksdb::Status Tables::open_damaged(Opening& o, const std::string& directory, const rocksdb::Status& strict) {
  o.options.paranoid_checks = false;
  o.options.skip_checking_sst_file_sizes_on_db_open = true;
  o.options.verify_sst_unique_id_in_manifest = false;
  for (auto& family : o.families) family.options.disable_auto_compactions = true;  // none can read that table
  o.handles.clear();
  rocksdb::Status status = rocksdb::DB::Open(o.options, directory, o.families, &o.handles, &o.db);
  if (!status.ok()) return strict;
  log::error("store_damaged", {{"error", strict.ToString()}, {"advice", "run roost check"}});
  return status;
}

Result<std::unique_ptr<Tables>> Tables::open(const StoreConfig& config, const std::string& directory,
                                             std::shared_ptr<rocksdb::FileSystem> file_system, ManifestSeal& seal) {
  std::unique_ptr<Tables> tables(new Tables);
  Opening o = tables->opening(config, std::move(file_system));
  o.options.listeners.push_back(std::make_shared<Listener>(tables->refuses_writes_, seal));
  o.options.sst_file_manager.reset(rocksdb::NewSstFileManager(o.options.env));  // for going on after a full disk
  rocksdb::Status status = rocksdb::DB::Open(o.options, directory, o.families, &o.handles, &o.db);
  if (is_damaged_table(status)) status = open_damaged(o, directory, status);
  if (!status.ok()) return open_error(directory, status);
  tables->db_.reset(o.db);
  std::ranges::copy(o.handles, tables->handles_.begin());
  tables->seal_ = &seal;
  seal.note(*o.db);
  return tables;
}

namespace {

// Notes the first log that is replayed, and replays nothing.
class FirstLog : public rocksdb::WalFilter {
 public:
  const char* Name() const override { return "FirstLog"; }
  void ColumnFamilyLogNumberMap(const std::map<uint32_t, uint64_t>& logs,
                                const std::map<std::string, uint32_t>&) override {
    for (auto [family, log] : logs) least_ = std::min(least_, log);
  }
  WalProcessingOption LogRecordFound(unsigned long long log, const std::string&, const rocksdb::WriteBatch&,
                                     rocksdb::WriteBatch*, bool*) override {
    if (first_ == 0) first_ = log;
    return WalProcessingOption::kStopReplay;
  }
  // Where the first log is unreadable from its beginning, no record is seen: then all that could be needed.
  uint64_t number() const { return first_ != 0 ? first_ : least_; }

 private:
  uint64_t first_ = 0;
  uint64_t least_ = std::numeric_limits<uint64_t>::max();
};

}  // namespace

Result<uint64_t> Tables::first_log_needed(const StoreConfig& config, const std::string& directory,
                                          std::shared_ptr<rocksdb::FileSystem> file_system) {
  Tables tables;
  FirstLog filter;
  Opening o = tables.opening(config, std::move(file_system));
  o.options.wal_filter = &filter;
  rocksdb::Status status = rocksdb::DB::OpenForReadOnly(o.options, directory, o.families, &o.handles, &o.db);
  if (!status.ok()) return open_error(directory, status);
  for (auto* handle : o.handles) o.db->DestroyColumnFamilyHandle(handle);
  delete o.db;
  return filter.number();
}

Tables::~Tables() {
  if (db_ == nullptr) return;
  if (!refuses_writes_) {
    rocksdb::FlushOptions options;
    rocksdb::Status status = db_->Flush(options, {handles_.begin(), handles_.end()});
    if (!status.ok()) log::warn("store_flush_failed", {{"error", status.ToString()}});
  }
  seal_->note(*db_);
  for (auto* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  rocksdb::Status status = db_->Close();
  if (!status.ok()) log::warn("store_close_failed", {{"error", status.ToString()}});
}

void Tables::note_range_deletions(const PerFamily<uint32_t>& written) {
  for (size_t i = 0; i < kFamilies; ++i) {
    range_deletions_[i] += written[i];
    if (range_deletions_[i] < kRangeDeletionsMax) continue;
    range_deletions_[i] = 0;
    rocksdb::FlushOptions options;
    options.wait = false;
    options.allow_write_stall = true;  // else it waits for earlier flushes
    rocksdb::Status status = db_->Flush(options, handles_[i]);
    if (!status.ok()) log::warn("store_flush_failed", {{"error", status.ToString()}});
  }
}

Result<std::optional<Bytes>> Tables::get(Family family, BytesView key, const rocksdb::Snapshot* snapshot) {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  Bytes value;
  rocksdb::Status status = db_->Get(options, this->family(family), rocksdb::Slice(key.data(), key.size()), &value);
  if (status.IsNotFound()) return std::optional<Bytes>();
  if (!status.ok()) return status_error(status);
  return std::optional<Bytes>(std::move(value));
}

namespace {

Tables::Pinned pinned(const rocksdb::Status& status, rocksdb::PinnableSlice value) {
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return status_error(status);
  return value;
}

}  // namespace

Tables::Pinned Tables::get_pinned(Family family, BytesView key) {
  rocksdb::PinnableSlice value;
  auto status = db_->Get(rocksdb::ReadOptions(), this->family(family), rocksdb::Slice(key.data(), key.size()), &value);
  return pinned(status, std::move(value));
}

std::vector<Tables::Pinned> Tables::get_many(Family family, const std::vector<std::string>& keys) {
  std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  db_->MultiGet(rocksdb::ReadOptions(), this->family(family), slices.size(), slices.data(), values.data(),
                statuses.data());
  std::vector<Pinned> out;
  out.reserve(keys.size());
  // With the first table that it cannot read, MultiGet gives up: also on keys that lie in others, and on values in
  // packs.
  bool all_were_read = std::ranges::all_of(statuses, [](const auto& s) { return s.ok() || s.IsNotFound(); });
  for (size_t i = 0; i < keys.size(); ++i) {
    out.push_back(all_were_read ? pinned(statuses[i], std::move(values[i])) : get_pinned(family, keys[i]));
  }
  return out;
}

Result<std::optional<Bytes>> Tables::last_key(Family family, const std::string& begin, const std::string& end) {
  rocksdb::Slice lower(begin);
  rocksdb::Slice upper(end);
  rocksdb::ReadOptions options;
  options.iterate_lower_bound = &lower;
  options.iterate_upper_bound = &upper;
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options, this->family(family)));
  it->SeekToLast();
  if (!it->status().ok()) return status_error(it->status());
  if (!it->Valid()) return std::optional<Bytes>();
  return std::optional<Bytes>(it->key().ToString());
}

}  // namespace roost::store
