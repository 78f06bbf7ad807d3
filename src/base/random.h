// Random octets: the kernel's, or, inside a simulation, those that its seed gives.
#pragma once

#include <cstddef>
#include <cstdint>

namespace roost {

// Thread-safe. Aborts where the kernel has none, which it says only before it has started up.
void fill_random(void* out, size_t size);

uint64_t random_number();

// While it lives, fill_random() draws from the seed on this thread, so that what a simulation runs is the same again.
// Never in a server: what is drawn can be foretold.
class SeededRandomness {
 public:
  explicit SeededRandomness(uint64_t seed);
  SeededRandomness(const SeededRandomness&) = delete;
  SeededRandomness& operator=(const SeededRandomness&) = delete;
  ~SeededRandomness();

 private:
  friend void fill_random(void* out, size_t size);
  uint64_t next();

  uint64_t state_;
  SeededRandomness* const before_;
};

}  // namespace roost
