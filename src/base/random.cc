#include "base/random.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace roost {
namespace {

// One system call for many ids.
struct Reserve {
  std::array<char, 1024> octets{};
  size_t used = sizeof octets;
};

thread_local SeededRandomness* seeded = nullptr;

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
  if (seeded != nullptr) {
    for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
      uint64_t number = seeded->next();
      std::memcpy(static_cast<char*>(out) + at, &number, std::min(sizeof number, size - at));
    }
    return;
  }
  thread_local Reserve reserve;
  if (size > reserve.octets.size()) return ask_kernel(static_cast<char*>(out), size);
  if (reserve.octets.size() - reserve.used < size) {
    ask_kernel(reserve.octets.data(), reserve.octets.size());
    reserve.used = 0;
  }
  std::memcpy(out, reserve.octets.data() + reserve.used, size);
  reserve.used += size;
}

uint64_t random_number() {
  uint64_t number = 0;
  fill_random(&number, sizeof number);
  return number;
}

SeededRandomness::SeededRandomness(uint64_t seed) : state_(seed), before_(seeded) { seeded = this; }
SeededRandomness::~SeededRandomness() { seeded = before_; }

// SplitMix64: the same numbers on every platform.
uint64_t SeededRandomness::next() {
  uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

}  // namespace roost
