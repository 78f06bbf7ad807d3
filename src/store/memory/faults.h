// One node's misfortune, drawn from its plan.
#pragma once

#include <mutex>
#include <random>

#include "store/memory/memory.h"

namespace roost::store {

// Thread-safe. One draw for each question, so that the answers depend only on the seed and the order of the questions.
class Faults {
 public:
  explicit Faults(FaultPlan plan) { set(plan); }

  void set(FaultPlan plan);
  bool unavailable() { return happens(&FaultPlan::unavailable_permille); }
  bool torn_blob() { return happens(&FaultPlan::torn_blob_permille); }
  bool lost_hint() { return happens(&FaultPlan::lost_hint_permille); }
  enum class CommitFault : uint8_t { none, conflict, unknown_stored, unknown_not_stored, unknown_late };
  CommitFault commit_fault();
  Millis delay() { return up_to(&FaultPlan::delay_ms_max); }
  Millis hint_delay() { return up_to(&FaultPlan::hint_delay_ms_max); }
  uint64_t below(uint64_t bound);

  // Counts one step; true where the node crashes now.
  bool step();
  uint64_t steps() const;

 private:
  bool happens(uint32_t FaultPlan::* permille);
  Millis up_to(Millis FaultPlan::* limit);

  mutable std::mutex mutex_;  // guards all below
  FaultPlan plan_;
  std::mt19937_64 random_;
  uint64_t steps_ = 0;
};

}  // namespace roost::store
