#include "store/rocksdb/power_cut_disk_test.h"

#include <rocksdb/env.h>

#include <algorithm>
#include <filesystem>

#include "store/rocksdb/scratch_test.h"

namespace roost::store {
namespace {

namespace fs = std::filesystem;
using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

constexpr size_t kPageBytes = 4096;

std::string normal(const std::string& path) { return fs::path(path).lexically_normal().string(); }
std::string parent(const std::string& path) { return fs::path(normal(path)).parent_path().string(); }

uint64_t size_now(const std::string& path) {
  std::error_code error;
  auto size = fs::file_size(path, error);
  return error ? 0 : size;
}

// --- RocksDB's files ---

class WritableFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  WritableFile(PowerCutDisk& disk, std::string path, std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk), path_(std::move(path)) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, IODebugContext* debug) override {
    disk_.step();
    std::shared_lock lock(disk_.changing());
    return FSWritableFileOwnerWrapper::Append(data, options, debug);
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo& info,
                  IODebugContext* debug) override {
    disk_.step();
    std::shared_lock lock(disk_.changing());
    return FSWritableFileOwnerWrapper::Append(data, options, info, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override { return note_sync(options, debug); }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override { return note_sync(options, debug); }

 private:
  // A flush is all that it takes for size_now() to be right.
  IOStatus note_sync(const IOOptions& options, IODebugContext* debug) {
    disk_.step();
    IOStatus status = FSWritableFileOwnerWrapper::Flush(options, debug);
    if (!status.ok()) return status;
    return disk_.sync(path_, size_now(path_)) ? status : IOStatus::IOError("sync " + path_, "Input/output error");
  }

  PowerCutDisk& disk_;
  const std::string path_;
};

class Directory : public rocksdb::FSDirectoryWrapper {
 public:
  Directory(PowerCutDisk& disk, std::string path, std::unique_ptr<rocksdb::FSDirectory> directory)
      : FSDirectoryWrapper(std::move(directory)), disk_(disk), path_(std::move(path)) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    disk_.step();
    uint64_t changes = disk_.changes();
    if (disk_.sync_directory(path_, changes)) return IOStatus::OK();
    return IOStatus::IOError("sync " + path_, "Input/output error");
  }
  // RocksDB's own skips the sync on file systems that need none: here it always counts.
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions&) override {
    return Fsync(options, debug);
  }

 private:
  PowerCutDisk& disk_;
  const std::string path_;
};

class FileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit FileSystem(PowerCutDisk& disk) : FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(disk) {}
  const char* Name() const override { return "PowerCut"; }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* debug) override {
    disk_.step();
    std::shared_lock lock(disk_.changing());
    disk_.about_to_lose(path);
    IOStatus status = FileSystemWrapper::NewWritableFile(path, options, result, debug);
    if (!status.ok()) return status;
    disk_.created(path);
    *result = std::make_unique<WritableFile>(disk_, path, std::move(*result));
    return status;
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext* debug) override {
    IOStatus status = FileSystemWrapper::NewDirectory(path, options, result, debug);
    if (status.ok()) *result = std::make_unique<Directory>(disk_, path, std::move(*result));
    return status;
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions& options, IODebugContext* debug) override {
    disk_.step();
    std::shared_lock lock(disk_.changing());
    disk_.about_to_lose(path);
    return FileSystemWrapper::DeleteFile(path, options, debug);
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override {
    disk_.step();
    std::shared_lock lock(disk_.changing());
    disk_.about_to_lose(to);
    IOStatus status = FileSystemWrapper::RenameFile(from, to, options, debug);
    if (status.ok()) disk_.renamed(from, to);
    return status;
  }

 private:
  PowerCutDisk& disk_;
};

// --- our own files ---

class CutFile : public File {
 public:
  CutFile(PowerCutDisk& disk, std::string path, std::unique_ptr<File> file)
      : disk_(disk), path_(std::move(path)), file_(std::move(file)) {}
  Result<> write(uint64_t offset, BytesView data) override {
    disk_.step();
    std::shared_lock lock(disk_.changing());
    return file_->write(offset, data);
  }
  Result<Bytes> read(uint64_t offset, size_t size) override { return file_->read(offset, size); }
  Result<uint64_t> size() override { return file_->size(); }
  Result<> sync() override {
    disk_.step();
    ROOST_TRY(uint64_t size, file_->size());
    if (disk_.sync(path_, size)) return {};
    return fault("sync " + path_ + ": input/output error");
  }

 private:
  PowerCutDisk& disk_;
  std::string path_;
  std::unique_ptr<File> file_;
};

class CutFiles : public Files {
 public:
  explicit CutFiles(PowerCutDisk& disk) : disk_(disk) {}

  Result<std::unique_ptr<File>> open(const std::string& path) override { return real_.open(path); }
  Result<std::unique_ptr<File>> create(const std::string& path) override {
    disk_.step();
    std::shared_lock lock(disk_.changing());
    ROOST_TRY(auto file, real_.create(path));
    disk_.created(path);
    return std::make_unique<CutFile>(disk_, path, std::move(file));
  }
  Result<> rename(const std::string& from, const std::string& to) override {
    disk_.step();
    std::shared_lock lock(disk_.changing());
    disk_.about_to_lose(to);
    ROOST_TRY_VOID(real_.rename(from, to));
    disk_.renamed(from, to);
    return {};
  }
  Result<> link(const std::string& from, const std::string& to) override {
    disk_.step();
    std::shared_lock lock(disk_.changing());
    ROOST_TRY_VOID(real_.link(from, to));
    disk_.linked(to);
    return {};
  }
  Result<> remove(const std::string& path) override {
    disk_.step();
    std::shared_lock lock(disk_.changing());
    disk_.about_to_lose(path);
    return real_.remove(path);
  }
  Result<bool> make_directory(const std::string& path) override {
    disk_.step();
    std::shared_lock lock(disk_.changing());
    ROOST_TRY(bool made, real_.make_directory(path));
    if (made) disk_.created(path);
    return made;
  }
  Result<> remove_directory(const std::string& path) override {
    disk_.step();
    std::shared_lock lock(disk_.changing());
    ROOST_TRY_VOID(real_.remove_directory(path));
    if (!fs::exists(path)) disk_.directory_removed(path);
    return {};
  }
  Result<> sync_directory(const std::string& path) override {
    disk_.step();
    uint64_t changes = disk_.changes();
    if (disk_.sync_directory(path, changes)) return {};
    return fault("sync " + path + ": input/output error");
  }
  Result<std::vector<std::string>> list(const std::string& path) override { return real_.list(path); }
  Result<uint64_t> size(const std::string& path) override { return real_.size(path); }
  Result<Space> space(const std::string& path) override { return real_.space(path); }
  Result<> allocate(const std::string& path, uint64_t bytes) override { return real_.allocate(path, bytes); }
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override { return real_.lock(path); }

 private:
  PowerCutDisk& disk_;
  Files& real_ = system_files();
};

// What may stand where unsynced octets were written.
void spoil(Bytes& content, size_t from, std::mt19937_64& random) {
  switch (random() % 5) {
    case 0: content.resize(from); return;
    case 1: content.resize(from + random() % (content.size() - from + 1)); return;
    case 2: std::fill(content.begin() + static_cast<ptrdiff_t>(from), content.end(), '\0'); return;
    case 3: return;
    default: break;
  }
  for (size_t at = from; at < content.size(); at = (at / kPageBytes + 1) * kPageBytes) {
    size_t end = std::min(content.size(), (at / kPageBytes + 1) * kPageBytes);
    uint64_t fate = random() % 3;
    for (size_t i = at; i < end && fate != 0; ++i) content[i] = fate == 1 ? '\0' : static_cast<char>(random());
  }
}

}  // namespace

PowerCutDisk::PowerCutDisk(std::string root, uint64_t seed)
    : root_(normal(root)), graveyard_(root_ + ".graves"), random_(seed) {
  fs::create_directories(graveyard_);
  files_ = std::make_unique<CutFiles>(*this);
  file_system_ = std::make_shared<FileSystem>(*this);
}

PowerCutDisk::~PowerCutDisk() { fs::remove_all(graveyard_); }

void PowerCutDisk::at_step(uint64_t step, std::function<void()> then) {
  moment_ = step;
  then_ = std::move(then);
}

// Without any lock: `then_` may cut, which waits for the changes that are being made.
void PowerCutDisk::step() {
  if (++steps_ != moment_) return;
  then_();
  stepped_ = true;
}

bool PowerCutDisk::take_sync_fault() {
  if (sync_faults_ == SyncFaults::none) return false;
  if (sync_faults_ == SyncFaults::one) sync_faults_ = SyncFaults::none;
  return true;
}

void PowerCutDisk::created(const std::string& path) {
  std::lock_guard lock(mutex_);
  files_known_[normal(path)] = {0, false, ++changes_};
}

bool PowerCutDisk::sync(const std::string& path, uint64_t size) {
  std::lock_guard lock(mutex_);
  if (take_sync_fault()) return false;
  uint64_t& known = files_known_[normal(path)].synced;
  known = std::max(known, size);
  return true;
}

void PowerCutDisk::renamed(const std::string& from, const std::string& to) {
  std::lock_guard lock(mutex_);
  State state = files_known_[normal(from)];
  state.named = false;
  state.change = ++changes_;
  files_known_.erase(normal(from));
  files_known_[normal(to)] = state;
}

void PowerCutDisk::linked(const std::string& to) {
  std::lock_guard lock(mutex_);
  files_known_[normal(to)] = {size_now(to), false, ++changes_};
}

void PowerCutDisk::about_to_lose(const std::string& path) {
  std::lock_guard lock(mutex_);
  auto known = files_known_.find(normal(path));
  bool on_disk = known == files_known_.end() || known->second.named;
  if (known != files_known_.end()) files_known_.erase(known);
  if (!on_disk || !fs::is_regular_file(path)) return;
  std::string grave = graveyard_ + "/" + std::to_string(++changes_);
  fs::create_hard_link(path, grave);
  lost_[normal(path)] = {grave, changes_};
}

void PowerCutDisk::directory_removed(const std::string& path) {
  std::lock_guard lock(mutex_);
  auto known = files_known_.find(normal(path));
  bool on_disk = known == files_known_.end() || known->second.named;
  if (known != files_known_.end()) files_known_.erase(known);
  if (on_disk) lost_directories_[normal(path)] = ++changes_;
}

uint64_t PowerCutDisk::changes() {
  std::lock_guard lock(mutex_);
  return changes_;
}

bool PowerCutDisk::sync_directory(const std::string& path, uint64_t changes) {
  std::lock_guard lock(mutex_);
  if (take_sync_fault()) return false;
  std::string directory = (fs::path(normal(path)) / "").parent_path().string();
  for (auto& [file, state] : files_known_) {
    if (state.change <= changes && parent(file) == directory) state.named = true;
  }
  std::erase_if(lost_,
                [&](const auto& item) { return item.second.change <= changes && parent(item.first) == directory; });
  std::erase_if(lost_directories_,
                [&](const auto& item) { return item.second <= changes && parent(item.first) == directory; });
  return true;
}

void PowerCutDisk::copy_file(const std::string& from, const std::string& to, uint64_t synced) {
  Bytes content = read_whole(from);
  if (content.size() > synced) spoil(content, synced, random_);
  write_whole(to, content);
}

void PowerCutDisk::copy_tree(const std::string& from, const std::string& to) {
  fs::create_directories(to);
  for (const auto& entry : fs::directory_iterator(from)) {
    std::string path = normal(entry.path().string());
    auto known = files_known_.find(path);
    bool named = known == files_known_.end() || known->second.named;
    std::string copy = to + "/" + entry.path().filename().string();
    if (!named && coin()) continue;
    if (entry.is_directory()) {
      copy_tree(path, copy);
    } else {
      copy_file(path, copy, known == files_known_.end() ? size_now(path) : known->second.synced);
    }
  }
  copy_lost(from, to);
}

void PowerCutDisk::copy_lost(const std::string& from, const std::string& to) {
  for (const auto& [path, grave] : lost_) {
    std::string copy = to + "/" + fs::path(path).filename().string();
    bool replaced = fs::exists(copy);  // by a name that made it to the disk
    if (parent(path) == normal(from) && !replaced && (fs::exists(path) || coin())) fs::copy_file(grave.path, copy);
  }
  for (const auto& [path, change] : lost_directories_) {
    std::string copy = to + "/" + fs::path(path).filename().string();
    if (parent(path) != normal(from) || fs::exists(copy) || !coin()) continue;
    fs::create_directories(copy);
    copy_lost(path, copy);
  }
}

void PowerCutDisk::cut(const std::string& target, SyncFaults faults) {
  std::unique_lock changing(changing_);
  std::lock_guard lock(mutex_);
  copy_tree(root_, target);
  sync_faults_ = faults;
}

}  // namespace roost::store
