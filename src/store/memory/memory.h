// The memory engine: a store for tests, with faults. A MemoryDisk is what would be durable; nodes attach to it, write
// the same accounts, crash and are replaced.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "store/store.h"

namespace roost::store {

// What goes wrong on one node, drawn from `seed`: the same calls in the same order meet the same faults. Rates are in
// thousandths of the calls that can meet the fault.
struct FaultPlan {
  uint64_t seed = 1;
  uint32_t conflict_permille = 0;            // commit: refused although nobody else wrote; `missed` is empty
  uint32_t unknown_stored_permille = 0;      // commit: stored, and reported as unknown
  uint32_t unknown_not_stored_permille = 0;  // commit: not stored, and reported as unknown
  uint32_t unknown_late_permille = 0;        // commit: reported as unknown, and held: MemoryDisk::carry_out_late()
  uint32_t unavailable_permille = 0;         // any call: Code::unavailable, Outcome::unavailable; nothing is done
  uint32_t torn_blob_permille = 0;           // a blob that is stored: one of its 64 KiB blocks is damaged for good
  uint32_t lost_hint_permille = 0;           // a watch's hint that never comes
  Millis hint_delay_ms_max{0};               // hints come up to this much later
  Millis delay_ms_max{0};                    // calls wait up to this long before and after their work
  // The node crashes at its k-th step (from 1): every call has one step before its work and one after it, so that a
  // loop over k visits every place where a crash matters.
  std::optional<uint64_t> crash_at_step;
};

class MemoryDiskState;

// One node. After crash() it does nothing more and says unavailable to everything; a commit that was under way says
// unknown. Unfinished blobs are gone, hints no longer come.
class MemoryStore : public AccountStore {
 public:
  virtual void crash() = 0;
  virtual bool crashed() const = 0;
  virtual void set_faults(FaultPlan plan) = 0;
  virtual uint64_t steps() const = 0;
};

// Thread-safe, and without a thread of its own: calls suspend only on the loop that makes them (yield, or sleep where
// the plan says so), and run straight through where there is no loop.
class MemoryDisk {
 public:
  MemoryDisk();
  ~MemoryDisk();

  std::unique_ptr<MemoryStore> attach(FaultPlan plan = {});

  // Flips one bit of what is stored; false where there is no such thing.
  bool damage_blob(BlobId id, uint64_t offset);
  bool damage_page(AccountId account, PageId page);
  bool damage_root(AccountId account);
  bool damage_record(AccountId account, Position position);

  // How many records and checkpoints have been stored by now: whoever watches the disk need not look where this stands
  // still.
  uint64_t writes() const;

  // The oldest of the commits that were held back is tried now, whether or not its node still lives: stored if the log
  // still ends where it was planned. What was held for longer than `age_max` is dropped. False where none is held.
  bool carry_out_late(TimePoint now, Seconds age_max);

  // What space() reports; what grows is refused once nothing is free.
  void set_space(Space space);

 private:
  std::shared_ptr<MemoryDiskState> state_;
};

}  // namespace roost::store
