#include "store/memory/faults.h"

namespace roost::store {

void Faults::set(FaultPlan plan) {
  std::lock_guard lock(mutex_);
  plan_ = plan;
  random_.seed(plan.seed);
  steps_ = 0;
}

bool Faults::happens(uint32_t FaultPlan::* permille) {
  std::lock_guard lock(mutex_);
  return plan_.*permille != 0 && random_() % 1000 < plan_.*permille;
}

Millis Faults::up_to(Millis FaultPlan::* limit) {
  std::lock_guard lock(mutex_);
  if ((plan_.*limit).count() <= 0) return Millis(0);
  return Millis(random_() % (static_cast<uint64_t>((plan_.*limit).count()) + 1));
}

Faults::CommitFault Faults::commit_fault() {
  if (happens(&FaultPlan::conflict_permille)) return CommitFault::conflict;
  if (happens(&FaultPlan::unknown_stored_permille)) return CommitFault::unknown_stored;
  if (happens(&FaultPlan::unknown_not_stored_permille)) return CommitFault::unknown_not_stored;
  if (happens(&FaultPlan::unknown_late_permille)) return CommitFault::unknown_late;
  return CommitFault::none;
}

uint64_t Faults::below(uint64_t bound) {
  std::lock_guard lock(mutex_);
  return bound == 0 ? 0 : random_() % bound;
}

bool Faults::step() {
  std::lock_guard lock(mutex_);
  return ++steps_ == plan_.crash_at_step;
}

uint64_t Faults::steps() const {
  std::lock_guard lock(mutex_);
  return steps_;
}

}  // namespace roost::store
