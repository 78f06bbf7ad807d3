#include "store/rocksdb/engine.h"

#include "base/log.h"
#include "store/rocksdb/blob_files.h"
#include "store/rocksdb/committer.h"
#include "store/rocksdb/format_file.h"
#include "store/rocksdb/keys.h"
#include "store/rocksdb/manifest_seal.h"
#include "store/rocksdb/requests.h"
#include "store/rocksdb/tables.h"
#include "store/rocksdb/values.h"
#include "store/salvage.h"

namespace roost::store {
namespace {

std::string parent_of(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string tables_directory(const StoreConfig& config) { return config.directory + "/db"; }

class RocksdbDatabase : public Database {
 public:
  explicit RocksdbDatabase(std::shared_ptr<Engine> engine) : engine_(std::move(engine)) {}
  std::unique_ptr<AccountStore> node() override { return make_node(engine_); }

 private:
  std::shared_ptr<Engine> engine_;
};

Fail lock_error(const StoreConfig& config, const Error& error) {
  if (error.code != Code::in_use) return Fail(error);
  return no(Code::in_use, "the store in " + config.directory + " is in use by process " + error.text);
}

}  // namespace

Engine::Engine(const StoreConfig& config, rt::Pool& reads, Files& files)
    : config_(config), reads_(reads), files_(files) {}

Engine::~Engine() = default;

// Every directory is synced into its parent before anything in it is acknowledged; RocksDB does not do that for its
// own.
Result<> Engine::prepare_directory() {
  ROOST_TRY(bool made, files_.make_directory(config_.directory));
  if (made) ROOST_TRY_VOID(files_.sync_directory(parent_of(config_.directory)));
  auto lock = files_.lock(config_.directory + "/lock");
  if (!lock) return lock_error(config_, lock.error());
  lock_ = *std::move(lock);
  ROOST_TRY_VOID(check_format(files_, config_.directory));
  blob_files_ = std::make_unique<BlobFiles>(files_, config_.directory + "/blobs");
  ROOST_TRY_VOID(blob_files_->prepare());
  ROOST_TRY_VOID(files_.make_directory(tables_directory(config_)));
  return files_.sync_directory(config_.directory);
}

// A log that is no longer needed may be there still, or again, without its neighbours: only where all of them together
// look bad is RocksDB asked (which takes an opening of its own) from which one on they matter.
Result<> Engine::judge_log(const EngineSeams& seams) const {
  std::string directory = tables_directory(config_);
  ROOST_TRY(WalVerdict verdict, check_wal(files_, directory, 0));
  if (verdict.lost_synced) {
    ROOST_TRY(uint64_t first_log, Tables::first_log_needed(config_, directory, seams.file_system));
    ROOST_TRY(verdict, check_wal(files_, directory, first_log));
  }
  if (!verdict.damaged_file.empty()) {
    log::warn("store_log_ends_early", {{"file", verdict.damaged_file}, {"lost_synced", verdict.lost_synced}});
  }
  if (!verdict.lost_synced || config_.accept_log_damage) return {};
  return fault("the write-ahead log in " + directory + " (" + verdict.damaged_file +
                   ") is damaged before its last sync: restore it, or open the store without what was written after",
               Code::corruption);
}

Result<uint64_t> Engine::read_last_account() const {
  ROOST_TRY(auto stored, tables_->get(Family::meta, AccountIdRequest::key()));
  if (!stored) return 0;
  return values::decode_number(*stored);
}

// A damaged one stops new accounts, and nothing else.
Result<> Engine::load_counters() {
  auto last = read_last_account();
  if (!last && last.error().code != Code::corruption) return Fail(last.error());
  if (!last) log::error("store_gives_out_no_accounts", {{"error", last.error().text}});
  last_account_ = last.value_or(kUnknownAccount);
  return {};
}

// Accounts whose log was cut off would give UIDs a second time.
Result<> Engine::refuse_half_repaired() const {
  if (config_.repairing) return {};
  bool found = false;
  auto visit = [&found](BytesView, BytesView) {
    found = true;
    return false;
  };
  for (std::string_view space : {kShortenedAccounts, kSalvageFindings}) {
    auto scanned = tables_->scan(Family::names, keys::name(space, ""), keys::space_end(space), visit);
    if (!scanned && scanned.error().code != Code::corruption) return scanned;
  }
  if (!found) return {};
  return fault("the repair of the store in " + config_.directory + " is not finished: run roost check --repair",
               Code::corruption);
}

void Engine::close_tables() {
  committer_.reset();
  tables_.reset();
}

Result<std::shared_ptr<Engine>> Engine::open(const StoreConfig& config, rt::Pool& reads, const EngineSeams& seams) {
  Files& files = seams.files != nullptr ? *seams.files : system_files();
  std::shared_ptr<Engine> engine(new Engine(config, reads, files));
  ROOST_TRY_VOID(engine->prepare_directory());
  engine->space_ = std::make_unique<SpaceGuard>(files, config.directory, config.free_bytes_min, config.reserve_bytes);
  engine->space_->room();  // on a full disk the reserve makes the opening possible
  engine->seal_ = std::make_unique<ManifestSeal>(files, config.directory);
  ROOST_TRY_VOID(engine->seal_->check());
  ROOST_TRY_VOID(engine->judge_log(seams));
  ROOST_TRY(engine->tables_, Tables::open(config, tables_directory(config), seams.file_system, *engine->seal_));
  ROOST_TRY_VOID(engine->refuse_half_repaired());
  ROOST_TRY_VOID(engine->load_counters());
  engine->heads_ = std::make_unique<Heads>(config.heads_max);
  engine->committer_ = std::make_unique<Committer>(*engine->tables_, *engine->heads_, engine->watchers_,
                                                   *engine->space_, config.group_bytes_max);
  return engine;
}

Result<std::unique_ptr<Database>> open_store(const StoreConfig& config, rt::Pool& reads) {
  ROOST_TRY(auto engine, Engine::open(config, reads, {}));
  return std::make_unique<RocksdbDatabase>(std::move(engine));
}

}  // namespace roost::store
