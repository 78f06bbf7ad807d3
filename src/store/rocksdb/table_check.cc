// Every table read from end to end: RocksDB itself looks at a block only when somebody wants what is in it, and meets
// damage in what nobody wants when it next compacts the table.
#include <rocksdb/sst_file_reader.h>

#include "store/rocksdb/engine.h"
#include "store/rocksdb/node.h"
#include "store/rocksdb/tables.h"

namespace roost::store {
namespace {

// While it exists RocksDB deletes no file.
class FilesKept {
 public:
  explicit FilesKept(rocksdb::DB& db) : db_(db), status_(db.DisableFileDeletions()) {}
  FilesKept(const FilesKept&) = delete;
  FilesKept& operator=(const FilesKept&) = delete;
  ~FilesKept() {
    if (status_.ok()) db_.EnableFileDeletions(false).PermitUncheckedError();
  }
  const rocksdb::Status& status() const { return status_; }

 private:
  rocksdb::DB& db_;
  rocksdb::Status status_;
};

struct Verdict {
  bool opens = false;
  rocksdb::Status status;
};

Verdict verify(const rocksdb::Options& options, const std::string& path) {
  rocksdb::SstFileReader reader(options);
  rocksdb::Status opened = reader.Open(path);
  if (!opened.ok()) return {false, opened};
  return {true, reader.VerifyChecksum()};
}

}  // namespace

Result<std::vector<DamagedTable>> Tables::damaged_tables() {
  FilesKept kept(*db_);
  if (!kept.status().ok()) return status_error(kept.status());
  std::vector<DamagedTable> found;
  for (size_t i = 0; i < kFamilies; ++i) {
    rocksdb::Options options = db_->GetOptions(handles_[i]);
    rocksdb::ColumnFamilyMetaData about;
    db_->GetColumnFamilyMetaData(handles_[i], &about);
    for (const auto& level : about.levels) {
      for (const auto& file : level.files) {
        Verdict verdict = verify(options, file.db_path + file.name);
        if (verdict.status.ok()) continue;
        found.push_back({static_cast<Family>(i), file.name.substr(1), file.smallestkey, file.largestkey, file.size,
                         verdict.opens, verdict.status.ToString()});
      }
    }
  }
  return found;
}

task<Result<std::vector<std::string>>> RocksdbNode::damaged_files() {
  co_return co_await on_pool([](Engine& engine) -> Result<std::vector<std::string>> {
    ROOST_TRY(auto tables, engine.tables().damaged_tables());
    std::vector<std::string> said;
    for (const DamagedTable& table : tables) said.push_back("table " + table.file + ": " + table.why);
    return said;
  });
}

}  // namespace roost::store
