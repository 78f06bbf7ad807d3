// Copies of the store that stand still, of links: what a backup is made of.
#include <rocksdb/utilities/checkpoint.h>

#include <filesystem>

#include "store/rocksdb/blob_files.h"
#include "store/rocksdb/node.h"
#include "store/rocksdb/tables.h"

namespace roost::store {
namespace {

std::string frozen_path(const Engine& engine, const std::string& name) {
  return engine.config().directory + "/frozen/" + name;
}
// Of one that is being made or deleted.
std::string unfinished_path(const Engine& engine, const std::string& name) {
  return frozen_path(engine, name) + ".unfinished";
}

Result<> remove_tree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return fault("removing " + path + ": " + error.message(), Code::unavailable);
  return {};
}

// Whoever reads it finds it whole or not at all.
Result<> remove_frozen(Engine& engine, const std::string& name) {
  std::lock_guard lock(engine.freezing());
  std::string unfinished = unfinished_path(engine, name);
  ROOST_TRY_VOID(remove_tree(unfinished));
  if (!std::filesystem::exists(frozen_path(engine, name))) return {};
  ROOST_TRY_VOID(engine.files().rename(frozen_path(engine, name), unfinished));
  return remove_tree(unfinished);
}

// Links the files below `from` that `to` does not have yet. One that is deleted meanwhile is not needed.
Result<> link_tree(Files& files, const std::string& from, const std::string& to, int depth) {
  ROOST_TRY_VOID(files.make_directory(to));
  ROOST_TRY(auto names, files.list(from));
  for (const std::string& name : names) {
    if (depth > 0) {
      ROOST_TRY_VOID(link_tree(files, from + "/" + name, to + "/" + name, depth - 1));
      continue;
    }
    auto linked = files.link(from + "/" + name, to + "/" + name);
    bool fine = linked || linked.error().code == Code::already_exists || linked.error().code == Code::nonexistent;
    if (!fine) return linked;
  }
  return {};
}

Result<> link_blobs(Engine& engine, const std::string& to) {
  std::string from = engine.config().directory + "/blobs";
  ROOST_TRY_VOID(engine.files().make_directory(to + "/blobs"));
  ROOST_TRY(auto names, engine.files().list(from));
  for (const std::string& name : names) {
    if (name == "unfinished") continue;
    ROOST_TRY_VOID(link_tree(engine.files(), from + "/" + name, to + "/blobs/" + name, 1));
  }
  return {};
}

Result<> checkpoint_tables(Engine& engine, const std::string& to) {
  rocksdb::Checkpoint* made = nullptr;
  rocksdb::Status status = rocksdb::Checkpoint::Create(&engine.tables().db(), &made);
  if (!status.ok()) return status_error(status);
  std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  status = checkpoint->CreateCheckpoint(to + "/db");
  if (!status.ok()) return status_error(status);
  return {};
}

// A body is there before a record names it, and is deleted after the log forgot it. So the bodies are linked before the
// tables are, lest one be deleted that these still name, and those that came meanwhile after it.
Result<> fill_frozen(Engine& engine, const std::string& to) {
  ROOST_TRY_VOID(engine.files().make_directory(to));
  ROOST_TRY_VOID(link_blobs(engine, to));
  ROOST_TRY_VOID(checkpoint_tables(engine, to));
  ROOST_TRY_VOID(link_blobs(engine, to));
  return engine.files().link(engine.config().directory + "/format", to + "/format");
}

Result<std::string> make_frozen(Engine& engine, const std::string& name) {
  std::lock_guard lock(engine.freezing());
  std::string path = frozen_path(engine, name);
  std::string unfinished = unfinished_path(engine, name);
  if (std::filesystem::exists(path)) return no(Code::already_exists, path + " is there already");
  ROOST_TRY_VOID(engine.files().make_directory(engine.config().directory + "/frozen"));
  ROOST_TRY_VOID(remove_tree(unfinished));
  Result<> filled = fill_frozen(engine, unfinished);
  if (filled) filled = engine.files().rename(unfinished, path);
  if (filled) return path;
  (void)remove_tree(unfinished);  // or the next one does
  return Fail(filled.error());
}

}  // namespace

task<Result<std::string>> RocksdbNode::freeze(std::string name) {
  co_return co_await on_pool([name](Engine& engine) { return make_frozen(engine, name); });
}

task<Result<>> RocksdbNode::thaw(std::string name) {
  co_return co_await on_pool([name](Engine& engine) { return remove_frozen(engine, name); });
}

}  // namespace roost::store
