#include "base/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace roost {
namespace {

Fail system_fault(std::string_view what, const std::string& path, int error) {
  return fault(std::string(what) + " " + path + ": " + std::generic_category().message(error), Code::unavailable);
}

std::string holder_of(const Descriptor& file) {
  std::array<char, 32> text{};
  const ssize_t bytes = ::pread(file.get(), text.data(), text.size(), 0);
  const std::string_view read(text.data(), bytes > 0 ? static_cast<size_t>(bytes) : 0);
  const std::string_view pid = read.substr(0, read.find_first_not_of("0123456789"));
  return pid.empty() ? "unknown" : std::string(pid);
}

}  // namespace

Result<LockFile> LockFile::acquire(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return system_fault("open", path, errno);
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return no(Code::in_use, holder_of(file));
    if (errno != EINTR) return system_fault("lock", path, errno);
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.get(), 0) != 0 || ::pwrite(file.get(), pid.data(), pid.size(), 0) < 0) {
    return system_fault("write", path, errno);
  }
  return LockFile(std::move(file));
}

}  // namespace roost
