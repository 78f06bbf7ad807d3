// What a simulation decides by chance. The same numbers on every platform.
#pragma once

#include <cstddef>
#include <cstdint>

namespace roost::simulation {

class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  // One of many that do not disturb each other: what one player does less changes nothing for the others.
  Dice(uint64_t seed, uint64_t player) : state_(seed * 0x9E3779B97F4A7C15ULL ^ (player + 1) * 0xD1B54A32D192ED03ULL) {}

  uint64_t next() {  // SplitMix64
    uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  uint64_t below(uint64_t sides) { return next() % sides; }
  uint64_t between(uint64_t least, uint64_t most) { return least + below(most - least + 1); }
  bool chance(uint32_t percent) { return below(100) < percent; }
  template <class Container>
  auto& pick(Container& of) {
    return of[below(of.size())];
  }

 private:
  uint64_t state_;
};

}  // namespace roost::simulation
