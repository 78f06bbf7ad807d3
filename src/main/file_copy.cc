#include "main/file_copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "base/descriptor.h"
#include "main/sha256.h"

namespace roost::main {
namespace {

constexpr size_t kPieceBytes = size_t{1} << 20;

Fail failed(const std::string& path) {
  Code code = errno == ENOENT ? Code::nonexistent : Code::unavailable;
  return no(code, path + ": " + std::strerror(errno));
}

bool write_all(int fd, std::string_view data) {
  while (!data.empty()) {
    ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    data.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

template <class Take>
Result<> read_pieces(const std::string& path, Take take) {
  Descriptor in(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!in) return failed(path);
  std::vector<char> piece(kPieceBytes);
  for (;;) {
    ssize_t n = ::read(in.get(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed(path);
    if (n == 0) return {};
    ROOST_TRY_VOID(take(std::string_view(piece.data(), static_cast<size_t>(n))));
  }
}

Descriptor make_file(const std::string& path) {
  return Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
}

}  // namespace

Result<std::string> copy_file(const std::string& from, const std::string& to) {
  Descriptor out = make_file(to);
  if (!out) return failed(to);
  Sha256 hash;
  ROOST_TRY_VOID(read_pieces(from, [&](std::string_view piece) -> Result<> {
    hash.add(piece);
    if (!write_all(out.get(), piece)) return failed(to);
    return {};
  }));
  return hash.finish();
}

Result<std::string> write_file(std::string_view octets, const std::string& to) {
  Descriptor out = make_file(to);
  if (!out || !write_all(out.get(), octets)) return failed(to);
  return Sha256::of(octets);
}

Result<std::string> hash_file(const std::string& path) {
  Sha256 hash;
  ROOST_TRY_VOID(read_pieces(path, [&](std::string_view piece) -> Result<> {
    hash.add(piece);
    return {};
  }));
  return hash.finish();
}

Result<std::string> read_file(const std::string& path) {
  std::string out;
  ROOST_TRY_VOID(read_pieces(path, [&](std::string_view piece) -> Result<> {
    out += piece;
    return {};
  }));
  return out;
}

Result<> sync_file_system(const std::string& path) {
  Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || ::syncfs(directory.get()) != 0) return failed(path);
  return {};
}

Result<> remove_tree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return no(Code::unavailable, path + ": " + error.message());
  return {};
}

}  // namespace roost::main
