#include "plan.h"

#include <fmt/format.h>

#include "dice.h"

namespace roost::simulation {
namespace {

constexpr uint32_t kAllFaults = (uint32_t{1} << kFaultNames.size()) - 1;

std::string fault_list(uint32_t faults) {
  std::string list;
  for (size_t i = 0; i < kFaultNames.size(); ++i) {
    if ((faults >> i & 1) != 0) list += (list.empty() ? "" : ",") + std::string(kFaultNames[i]);
  }
  return list.empty() ? "none" : list;
}

}  // namespace

Plan plan_of(uint64_t seed) {
  Dice dice(seed, 1'000'000);
  Plan plan{.seed = seed};
  plan.nodes = static_cast<uint32_t>(dice.between(1, 3));
  plan.clients = static_cast<uint32_t>(dice.between(2, 5));
  plan.steps = static_cast<uint32_t>(dice.between(15, 50));
  // Some seeds have everything, some nothing, most of them something.
  if (dice.chance(10)) return plan;
  constexpr uint32_t kLate = uint32_t{1} << static_cast<uint32_t>(Fault::late);
  constexpr uint32_t kOthers = kAllFaults & ~kLate;
  plan.faults = dice.chance(20) ? kOthers : static_cast<uint32_t>(dice.below(kOthers + 1));
  if (dice.chance(30)) plan.faults |= kLate;
  return plan;
}

std::string arguments_of(const Plan& plan) {
  return fmt::format("--seed {} --nodes {} --clients {} --steps {} --faults {}", plan.seed, plan.nodes, plan.clients,
                     plan.steps, fault_list(plan.faults));
}

std::optional<uint32_t> parse_faults(std::string_view names) {
  if (names == "none") return 0;
  if (names == "all") return kAllFaults;
  uint32_t faults = 0;
  while (!names.empty()) {
    std::string_view name = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    size_t index = 0;
    while (index < kFaultNames.size() && kFaultNames[index] != name) ++index;
    if (index == kFaultNames.size()) return std::nullopt;
    faults |= uint32_t{1} << index;
  }
  return faults;
}

}  // namespace roost::simulation
