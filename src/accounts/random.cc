#include "accounts/random.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace roost::accounts {
namespace {

// One system call for many ids.
struct Reserve {
  std::array<char, 1024> octets{};
  size_t used = sizeof octets;
};

void ask_kernel(char* out, size_t size) {
  while (size > 0) {
    ssize_t got = getrandom(out, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) std::abort();
    out += got;
    size -= static_cast<size_t>(got);
  }
}

}  // namespace

void fill_random(void* out, size_t size) {
  thread_local Reserve reserve;
  if (size > reserve.octets.size()) return ask_kernel(static_cast<char*>(out), size);
  if (reserve.octets.size() - reserve.used < size) {
    ask_kernel(reserve.octets.data(), reserve.octets.size());
    reserve.used = 0;
  }
  std::memcpy(out, reserve.octets.data() + reserve.used, size);
  reserve.used += size;
}

ObjectId random_object_id() {
  ObjectId id;
  fill_random(id.bytes.data(), id.bytes.size());
  return id;
}

store::CommitId random_commit_id() {
  store::CommitId id;
  fill_random(id.data(), id.size());
  return id;
}

}  // namespace roost::accounts
