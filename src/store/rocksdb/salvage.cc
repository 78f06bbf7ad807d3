#include "store/salvage.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <stdio.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <set>

#include "store/rocksdb/engine.h"
#include "store/rocksdb/manifest_seal.h"
#include "store/rocksdb/salvage_copy.h"
#include "store/rocksdb/tables.h"

namespace roost::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFresh = "/db.repaired";
constexpr const char* kSound = "/db.sound";

Fail failed(const std::string& what) { return fault(what + ": " + std::strerror(errno), Code::unavailable); }

Fail failed(const std::string& what, const std::error_code& error) {
  return fault(what + ": " + error.message(), Code::unavailable);
}

// DIR/damaged/TIME, new.
Result<std::string> make_quarantine(const std::string& directory) {
  std::time_t now = std::time(nullptr);
  std::tm tm{};
  gmtime_r(&now, &tm);
  std::string name = fmt::format("{}/damaged/{:04}{:02}{:02}T{:02}{:02}{:02}Z", directory, tm.tm_year + 1900,
                                 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
  std::error_code error;
  for (std::string tried = name;; tried += '+') {
    if (fs::create_directories(tried, error)) return tried;
    if (error) return failed(tried, error);
  }
}

bool is_immutable(const fs::path& path) { return path.extension() == ".sst" || path.extension() == ".blob"; }

// RocksDB's footer since format version 1. What it names it names by its place.
constexpr size_t kFooterBytes = 53;

// RocksDB looks for a table's footer where the list of tables says that it ends. Nothing is done where it is longer.
Result<> lengthen(Files& files, const std::string& path, uint64_t size) {
  ROOST_TRY(auto file, files.open(path));
  ROOST_TRY(uint64_t now, file->size());
  if (now >= size || now < kFooterBytes) return {};
  ROOST_TRY(Bytes data, file->read(0, now));
  data.insert(now - kFooterBytes, size - now, '\0');
  ROOST_TRY(file, files.create(path));
  return file->write(0, data);
}

// RocksDB reads nothing of a family without each of its newest tables, so one that says nothing takes the place of one
// of which nothing can be read. Its only entry deletes a key that nobody has.
Result<> write_placeholder(Files& files, rocksdb::Options options, const std::string& path, const DamagedTable& table) {
  rocksdb::BlockBasedTableOptions plain;  // without a filter it is the shorter
  plain.format_version = 5;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(plain));
  options.env = rocksdb::Env::Default();  // the database's went with it, and so did who listened
  options.listeners.clear();
  options.sst_file_manager.reset();
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), options);
  rocksdb::Status status = writer.Open(path);
  if (status.ok()) status = writer.Delete(table.first + '\0');
  if (status.ok()) status = writer.Finish();
  if (!status.ok()) return status_error(status);
  return lengthen(files, path, table.size);
}

class Salvaging {
 public:
  Salvaging(const StoreConfig& config, Files& files) : config_(config), files_(files) {}

  Result<> run(Engine& engine) {
    ROOST_TRY(auto tables, engine.tables().damaged_tables());
    if (tables.empty() && is_sound(engine.tables())) return {};
    auto options = options_of(engine.tables());
    engine.close_tables();
    ROOST_TRY_VOID(set_leftovers_aside());
    ROOST_TRY_VOID(make_sound(tables, options));
    ROOST_TRY_VOID(copy(tables));
    return swap();
  }

 private:
  std::string path(const char* name) const { return config_.directory + name; }

  // What a repair that was interrupted left: perhaps the damaged database itself.
  Result<> set_leftovers_aside() {
    for (const char* name : {kFresh, kSound}) {
      if (fs::exists(path(name))) ROOST_TRY_VOID(set_aside(name));
    }
    return {};
  }

  Result<> set_aside(const char* name) {
    ROOST_TRY(std::string quarantine, make_quarantine(config_.directory));
    std::error_code error;
    fs::rename(path(name), quarantine + "/db", error);
    if (error) return failed(path(name), error);
    ROOST_TRY_VOID(files_.sync_directory(quarantine));
    ROOST_TRY_VOID(files_.sync_directory(path("/damaged")));
    return files_.sync_directory(config_.directory);
  }

  static PerFamily<rocksdb::Options> options_of(Tables& tables) {
    PerFamily<rocksdb::Options> options;
    for (size_t i = 0; i < kFamilies; ++i) {
      options[i] = tables.db().GetOptions(tables.family(static_cast<Family>(i)));
    }
    return options;
  }

  // The same database once more, of links, in which placeholders stand for the damaged tables.
  Result<> make_sound(const std::vector<DamagedTable>& tables, const PerFamily<rocksdb::Options>& options) {
    std::error_code error;
    if (!fs::create_directory(path(kSound), error)) return failed(path(kSound), error);
    for (const fs::directory_entry& entry : fs::directory_iterator(path("/db"))) {
      fs::path to = fs::path(path(kSound)) / entry.path().filename();
      if (is_immutable(entry.path())) {
        fs::create_hard_link(entry.path(), to, error);
      } else {
        fs::copy_file(entry.path(), to, error);
      }
      if (error) return failed(to.string(), error);
    }
    for (const DamagedTable& table : tables) {
      std::string to = path(kSound) + "/" + table.file;
      fs::remove(to, error);
      ROOST_TRY_VOID(write_placeholder(files_, options[static_cast<size_t>(table.family)], to, table));
    }
    return {};
  }

  // Their manifests are of no interest to the next opening.
  Result<> copy(const std::vector<DamagedTable>& tables) {
    std::error_code error;
    if (!fs::create_directory(path(kFresh), error)) return failed(path(kFresh), error);
    ManifestSeal damaged_seal(files_, config_.directory);
    ManifestSeal sound_seal(files_, path(kSound));
    ManifestSeal fresh_seal(files_, path(kFresh));
    ROOST_TRY(auto damaged, Tables::open(config_, path("/db"), nullptr, damaged_seal));
    ROOST_TRY(auto sound, Tables::open(config_, path(kSound), nullptr, sound_seal));
    ROOST_TRY(auto fresh, Tables::open(config_, path(kFresh), nullptr, fresh_seal));
    return SalvageCopy(*damaged, *sound, *fresh).run(tables);
  }

  Result<> swap() {
    std::error_code error;
    fs::remove_all(path(kSound), error);
    fs::remove(path(kFresh) + "/manifest", error);
    ROOST_TRY_VOID(files_.sync_directory(path(kFresh)));
    ROOST_TRY_VOID(files_.remove(path("/manifest")));  // the mark of a list that is no longer used
    ROOST_TRY_VOID(files_.sync_directory(config_.directory));
    if (::renameat2(AT_FDCWD, path(kFresh).c_str(), AT_FDCWD, path("/db").c_str(), RENAME_EXCHANGE) != 0) {
      return failed("exchanging " + path(kFresh) + " and " + path("/db"));
    }
    ROOST_TRY_VOID(files_.sync_directory(config_.directory));
    return set_aside(kFresh);
  }

  const StoreConfig& config_;
  Files& files_;
};

}  // namespace

Result<> salvage_store(const StoreConfig& config, rt::Pool& reads) {
  StoreConfig repairing = config;
  repairing.repairing = true;
  ROOST_TRY(auto engine, Engine::open(repairing, reads, {}));
  return Salvaging(repairing, engine->files()).run(*engine);
}

}  // namespace roost::store
