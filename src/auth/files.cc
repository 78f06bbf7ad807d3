#include "auth/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <thread>
#include <utility>

#include "base/descriptor.h"

namespace roost::auth {
namespace {

constexpr size_t kFileBytesMax = size_t{1} << 30;  // some four million users
constexpr Millis kLockPause{50};

Fail system_fault(std::string_view what, const std::string& path) {
  std::error_code error(errno, std::generic_category());
  return fault(std::string(what) + " " + path + ": " + error.message(), Code::unavailable);
}

Result<> write_all(int fd, BytesView data, const std::string& path) {
  while (!data.empty()) {
    ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_fault("write", path);
    data.remove_prefix(static_cast<size_t>(n));
  }
  return {};
}

class SystemFiles : public Files {
  Result<> make_directory(const std::string& path) override {
    if (::mkdir(path.c_str(), 0700) == 0) return sync(path + "/..");
    if (errno == EEXIST) return {};
    return system_fault("mkdir", path);
  }

  Result<std::optional<Bytes>> read(const std::string& path) override {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file && errno == ENOENT) return std::nullopt;
    struct stat status{};
    if (!file || ::fstat(file.get(), &status) != 0) return system_fault("open", path);
    if (static_cast<size_t>(status.st_size) > kFileBytesMax) return fault(path + " is too big", Code::corruption);
    Bytes data(static_cast<size_t>(status.st_size), '\0');
    for (size_t at = 0; at < data.size();) {
      ssize_t n = ::read(file.get(), data.data() + at, data.size() - at);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return system_fault("read", path);
      if (n == 0) data.resize(at);
      at += static_cast<size_t>(n);
    }
    return data;
  }

  Result<> write(const std::string& path, BytesView data) override {
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) return system_fault("open", path);
    return write_all(file.get(), data, path);
  }

  Result<> sync(const std::string& path) override {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file || ::fsync(file.get()) != 0) return system_fault("fsync", path);
    return {};
  }

  Result<> rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return system_fault("rename", from);
    return {};
  }
};

}  // namespace

Files& system_files() {
  static SystemFiles files;
  return files;
}

Result<> replace_file(Files& files, const std::string& directory, const std::string& name, BytesView data) {
  std::string path = directory + "/" + name;
  std::string next = path + ".new";
  ROOST_TRY_VOID(files.write(next, data));
  ROOST_TRY_VOID(files.sync(next));
  ROOST_TRY_VOID(files.rename(next, path));
  return files.sync(directory);
}

Result<DirectoryLock> DirectoryLock::acquire(const std::string& directory, Millis patience) {
  for (;; patience -= kLockPause) {
    Result<LockFile> file = LockFile::acquire(directory + "/lock");
    if (file) return DirectoryLock(std::move(*file));
    if (file.error().code != Code::in_use) return std::unexpected(std::move(file.error()));
    if (patience <= Millis{0}) return no(Code::in_use, directory + " is in use by process " + file.error().text);
    std::this_thread::sleep_for(kLockPause);
  }
}

}  // namespace roost::auth
