// The few file operations that the store does itself (RocksDB has its own). One seam, so that tests can cut the power.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "store/store.h"

namespace roost::store {

// Errors: Code::nonexistent (kind no) where there is no such file, Code::unavailable where the disk is full or the
// process has no descriptor left, else Code::server_bug with the system's words: an I/O error, after which nothing that
// was written may be trusted.
class File {
 public:
  virtual ~File() = default;
  virtual Result<> write(uint64_t offset, BytesView data) = 0;
  // Fewer bytes only at the end of the file.
  virtual Result<Bytes> read(uint64_t offset, size_t size) = 0;
  virtual Result<uint64_t> size() = 0;
  virtual Result<> sync() = 0;
};

// Held until destroyed or until the process ends.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

// Thread-safe; every call may block.
class Files {
 public:
  virtual ~Files() = default;

  virtual Result<std::unique_ptr<File>> open(const std::string& path) = 0;    // for reading
  virtual Result<std::unique_ptr<File>> create(const std::string& path) = 0;  // new or emptied, mode 0600
  virtual Result<> rename(const std::string& from, const std::string& to) = 0;
  // A second name for the same bytes. Code::already_exists (kind no) where `to` is taken, Code::limit (kind no) where
  // the file has as many names as the file system allows.
  virtual Result<> link(const std::string& from, const std::string& to) = 0;
  virtual Result<> remove(const std::string& path) = 0;              // a missing file is fine
  virtual Result<bool> make_directory(const std::string& path) = 0;  // mode 0700; false where it is there already
  virtual Result<> remove_directory(const std::string& path) = 0;    // an empty one; a missing one is fine
  virtual Result<> sync_directory(const std::string& path) = 0;
  virtual Result<std::vector<std::string>> list(const std::string& path) = 0;  // names; none if it does not exist
  virtual Result<uint64_t> size(const std::string& path) = 0;
  virtual Result<Space> space(const std::string& path) = 0;
  // Makes a file, mode 0600, that takes so much of the disk. An error where the file system cannot promise that.
  virtual Result<> allocate(const std::string& path, uint64_t bytes) = 0;

  // Code::in_use (kind no) with the other process's id as text where somebody has it.
  virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path) = 0;
};

// The system's; lives as long as the process.
Files& system_files();

}  // namespace roost::store
