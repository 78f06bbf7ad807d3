#include "store/rocksdb/power_cut_layers_test.h"

#include <rocksdb/env.h>

#include <filesystem>

#include "store/rocksdb/tables.h"

namespace roost::store {
namespace {

namespace fs = std::filesystem;
using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

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
    bool is_new = !fs::exists(path);
    if (!is_new) disk_.about_to_write(path, 0);
    IOStatus status = FileSystemWrapper::NewWritableFile(path, options, result, debug);
    if (!status.ok()) return status;
    if (is_new) disk_.created(path);
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
    bool is_new = !fs::exists(path);
    if (!is_new) disk_.about_to_write(path, 0);
    ROOST_TRY(auto file, real_.create(path));
    if (is_new) disk_.created(path);
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

}  // namespace

PowerCutLayers::PowerCutLayers(PowerCutDisk& disk)
    : files_(std::make_unique<CutFiles>(disk)), file_system_(std::make_shared<FileSystem>(disk)) {}

EngineSeams PowerCutLayers::seams() { return {files_.get(), file_system_}; }

}  // namespace roost::store
