// What one run of the simulation is made from. All of it follows from the seed, and each part can be made smaller to
// find out what a failure needs.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace roost::simulation {

enum class Fault : uint8_t {
  crash,        // a node is killed between any two events, and comes back or does not
  conflict,     // commits are refused although nobody else wrote
  unknown,      // commits of which nobody knows whether they were stored
  unavailable,  // calls of the store fail
  slow,         // calls of the store take long
  hints,        // of other nodes' commits: late, or never
  clock,        // nodes' wall clocks jump, by seconds or days, in both directions
  full,         // the disk has no room
  late,         // commits of which nobody knows whether they were stored are stored later, or never
};
inline constexpr std::array<std::string_view, 9> kFaultNames = {"crash", "conflict", "unknown", "unavailable", "slow",
                                                                "hints", "clock",    "full",    "late"};

struct Plan {
  uint64_t seed = 1;
  uint32_t nodes = 1;
  uint32_t clients = 1;
  uint32_t steps = 1;   // of each client
  uint32_t faults = 0;  // one bit each

  bool has(Fault fault) const { return (faults >> static_cast<uint32_t>(fault) & 1) != 0; }
  friend bool operator==(const Plan&, const Plan&) = default;
};

Plan plan_of(uint64_t seed);

// The arguments that make roost-sim run just this one.
std::string arguments_of(const Plan& plan);

// "crash,full", "none" or "all".
std::optional<uint32_t> parse_faults(std::string_view names);

}  // namespace roost::simulation
