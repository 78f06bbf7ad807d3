#include "store/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/descriptor.h"
#include "base/lock_file.h"

namespace roost::store {
namespace {

Fail system_error(const char* what, const std::string& path, int error) {
  std::string text = std::string(what) + " " + path + ": " + std::generic_category().message(error);
  switch (error) {
    case ENOENT: return no(Code::nonexistent, std::move(text));
    case EEXIST: return no(Code::already_exists, std::move(text));
    case EMLINK: return no(Code::limit, std::move(text));
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case ENOMEM: return fault(std::move(text), Code::unavailable);
    default: return fault(std::move(text));
  }
}

Result<Descriptor> open_descriptor(const char* what, const std::string& path, int flags) {
  int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd < 0) return system_error(what, path, errno);
  return Descriptor(fd);
}

class SystemFile : public File {
 public:
  SystemFile(Descriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Result<> write(uint64_t offset, BytesView data) override {
    while (!data.empty()) {
      ssize_t n = ::pwrite(fd_.get(), data.data(), data.size(), static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return system_error("write", path_, errno);
      data.remove_prefix(static_cast<size_t>(n));
      offset += static_cast<uint64_t>(n);
    }
    return {};
  }

  Result<Bytes> read(uint64_t offset, size_t size) override {
    Bytes data(size, '\0');
    size_t have = 0;
    while (have < size) {
      ssize_t n = ::pread(fd_.get(), data.data() + have, size - have, static_cast<off_t>(offset + have));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return system_error("read", path_, errno);
      if (n == 0) break;
      have += static_cast<size_t>(n);
    }
    data.resize(have);
    return data;
  }

  Result<uint64_t> size() override {
    struct stat info{};
    if (::fstat(fd_.get(), &info) != 0) return system_error("stat", path_, errno);
    return static_cast<uint64_t>(info.st_size);
  }

  Result<> sync() override {
    if (::fdatasync(fd_.get()) != 0) return system_error("sync", path_, errno);
    return {};
  }

 private:
  Descriptor fd_;
  std::string path_;
};

class SystemLock : public FileLock {
 public:
  explicit SystemLock(LockFile file) : file_(std::move(file)) {}

 private:
  LockFile file_;
};

class SystemFiles : public Files {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path) override {
    ROOST_TRY(auto fd, open_descriptor("open", path, O_RDONLY));
    return std::make_unique<SystemFile>(std::move(fd), path);
  }

  Result<std::unique_ptr<File>> create(const std::string& path) override {
    ROOST_TRY(auto fd, open_descriptor("create", path, O_RDWR | O_CREAT | O_TRUNC));
    return std::make_unique<SystemFile>(std::move(fd), path);
  }

  Result<> rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return system_error("rename", from, errno);
    return {};
  }

  Result<> link(const std::string& from, const std::string& to) override {
    if (::link(from.c_str(), to.c_str()) != 0) return system_error("link", to, errno);
    return {};
  }

  Result<> remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_error("remove", path, errno);
    return {};
  }

  Result<bool> make_directory(const std::string& path) override {
    if (::mkdir(path.c_str(), 0700) == 0) return true;
    if (errno != EEXIST) return system_error("make", path, errno);
    return false;
  }

  Result<> remove_directory(const std::string& path) override {
    if (::rmdir(path.c_str()) != 0 && errno != ENOENT && errno != ENOTEMPTY) {
      return system_error("remove", path, errno);
    }
    return {};
  }

  Result<> sync_directory(const std::string& path) override {
    ROOST_TRY(auto fd, open_descriptor("open", path, O_RDONLY | O_DIRECTORY));
    if (::fsync(fd.get()) != 0) return system_error("sync", path, errno);
    return {};
  }

  Result<std::vector<std::string>> list(const std::string& path) override {
    std::vector<std::string> names;
    std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(path.c_str()), ::closedir);
    if (dir == nullptr) {
      if (errno == ENOENT) return names;
      return system_error("list", path, errno);
    }
    errno = 0;
    while (const dirent* entry = ::readdir(dir.get())) {  // NOLINT(concurrency-mt-unsafe): a stream of our own
      std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
      errno = 0;
    }
    if (errno != 0) return system_error("list", path, errno);
    return names;
  }

  Result<uint64_t> size(const std::string& path) override {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return system_error("stat", path, errno);
    return static_cast<uint64_t>(info.st_size);
  }

  Result<Space> space(const std::string& path) override {
    struct statvfs info{};
    if (::statvfs(path.c_str(), &info) != 0) return system_error("statvfs", path, errno);
    return Space{uint64_t{info.f_bavail} * info.f_frsize, uint64_t{info.f_blocks} * info.f_frsize};
  }

  Result<> allocate(const std::string& path, uint64_t bytes) override {
    ROOST_TRY(auto fd, open_descriptor("create", path, O_RDWR | O_CREAT | O_TRUNC));
    if (::fallocate(fd.get(), 0, 0, static_cast<off_t>(bytes)) != 0) return system_error("allocate", path, errno);
    return {};
  }

  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override {
    ROOST_TRY(LockFile file, LockFile::acquire(path));
    return std::make_unique<SystemLock>(std::move(file));
  }
};

}  // namespace

Files& system_files() {
  static SystemFiles files;
  return files;
}

}  // namespace roost::store
