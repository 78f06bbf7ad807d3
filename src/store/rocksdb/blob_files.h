// The directory of large blobs: DIR/blobs/xx/<owner>/<serial>, hexadecimal numbers, xx being the owner's lowest octet.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "store/files.h"
#include "store/rocksdb/blob_format.h"

namespace roost::store {

// Thread-safe; every call may block. A failed write or sync ends the process; what is given back as an error is a file
// that is missing or damaged (Code::corruption) or a disk without room (Code::unavailable).
class BlobFiles {
 public:
  BlobFiles(Files& files, std::string directory) : files_(files), directory_(std::move(directory)) {}

  // Makes the directory, and throws away what was never finished.
  Result<> prepare();

  // A file under a name of its own until finish() gives it its place. May outlive the BlobFiles, but for finish().
  class Writer {
   public:
    // Destroying it without finish() removes the file.
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // `data`: a multiple of 64 KiB, but for the last piece.
    Result<> append(BytesView data);
    // Header, sync, rename into `blobs`, sync of the directories: durable on return.
    Result<> finish(BlobFiles& blobs, BlobId id);

   private:
    friend class BlobFiles;
    Writer(Files& files, std::string path, std::unique_ptr<File> file, uint64_t nonce);

    Files& files_;
    const std::string path_;
    std::unique_ptr<File> file_;
    blob_format::Header header_;
    bool finished_ = false;
  };
  Result<std::unique_ptr<Writer>> create();

  // Code::nonexistent (kind no) where there is no such file.
  Result<Bytes> read(BlobId id, Range range);
  Result<> link(BlobId from, BlobId to);
  // Durable on return, as everything else here: a file that came back after a power cut would be deleted mail that
  // nothing knows of any more, and that nothing would ever delete again.
  Result<> remove(std::span<const BlobId> ids);
  Result<> remove_owner(AccountId owner);
  // Above `after_serial`, ascending.
  Result<std::vector<BlobInfo>> list(AccountId owner, uint64_t after_serial, size_t count_max);

 private:
  std::string outer_directory(AccountId owner) const;
  std::string owner_directory(AccountId owner) const;
  std::string path(BlobId id) const;
  std::string unfinished_directory() const { return directory_ + "/unfinished"; }
  std::string unfinished_path(uint64_t nonce) const;
  // The owner's directory, with its names synced.
  Result<> make_owner_directory(AccountId owner);
  Result<> sync_removal(const std::string& directory);
  Result<> copy(const std::string& from, const std::string& to);

  Files& files_;
  const std::string directory_;
  std::mutex making_;  // nobody uses a directory that another thread made and did not sync yet
};

}  // namespace roost::store
