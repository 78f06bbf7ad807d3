// Runs plans in processes of their own, a batch in each, so that one that aborts or leaks costs no other; and makes a
// plan that fails as small as it can be.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "plan.h"

namespace roost::simulation {

struct Sweep {
  uint64_t first = 1;
  uint64_t count = 1;  // of seeds; 0: for ever
  unsigned processes = 1;
  uint64_t failures_max = 1;  // then no more is begun
};

struct Totals {
  uint64_t seeds = 0;
  uint64_t failures = 0;
  uint64_t events = 0;
  uint64_t records = 0;
  uint64_t checkpoints = 0;
  uint64_t crashes = 0;
};

// Every seed's own plan, each of which runs twice where `seed` is a multiple of kSeedsPerReplay, to see that it is the
// same again. Calls `failed` with each plan that fails and why, in this process.
Totals sweep(const Sweep& what, const std::function<void(const Plan&, const std::string&)>& failed);
inline constexpr uint64_t kSeedsPerReplay = 20;

// Why the plan fails, run in a process of its own; none if it does not. The run itself, or the process, may have
// failed.
std::optional<std::string> failure_of(const Plan& plan);

// The smallest plan found that fails like this one, which does.
Plan shrink(Plan plan);

}  // namespace roost::simulation
