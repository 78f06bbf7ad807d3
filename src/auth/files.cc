#include "auth/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <thread>
#include <utility>

namespace roost::auth {
namespace {

constexpr size_t kFileBytesMax = size_t{1} << 30;  // some four million users
constexpr Millis kLockPause{50};

Fail system_fault(std::string_view what, const std::string& path) {
  std::error_code error(errno, std::generic_category());
  return fault(std::string(what) + " " + path + ": " + error.message(), Code::unavailable);
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

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
  std::string path = directory + "/lock";
  DirectoryLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (lock.fd_ < 0) return system_fault("open", path);
  for (;; patience -= kLockPause) {
    if (::flock(lock.fd_, LOCK_EX | LOCK_NB) == 0) {
      ROOST_TRY_VOID(lock.sign(path));
      return lock;
    }
    if (errno != EWOULDBLOCK && errno != EINTR) return system_fault("flock", path);
    if (patience <= Millis{0}) return no(Code::in_use, directory + " is in use by process " + lock.holder());
    std::this_thread::sleep_for(kLockPause);
  }
}

// Who has it, for the message that another process gives.
Result<> DirectoryLock::sign(const std::string& path) const {
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd_, 0) != 0 || ::pwrite(fd_, pid.data(), pid.size(), 0) < 0) return system_fault("write", path);
  return {};
}

std::string DirectoryLock::holder() const {
  std::array<char, 32> text{};
  const ssize_t bytes = ::pread(fd_, text.data(), text.size(), 0);
  const std::string_view read(text.data(), bytes > 0 ? static_cast<size_t>(bytes) : 0);
  const std::string_view pid = read.substr(0, read.find_first_not_of("0123456789"));
  return pid.empty() ? "unknown" : std::string(pid);
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

DirectoryLock::~DirectoryLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace roost::auth
