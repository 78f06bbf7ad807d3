// What remains of expunged messages: (uid range, modseq), in the order of modseq, so that "what went since" is read
// backwards from the end. Old ones are dropped below a floor. Persistent, like all of a snapshot.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/uid_set.h"
#include "mail/column.h"

namespace roost::mail {

struct Trace {
  UidRange uids;
  ModSeq modseq;

  friend bool operator==(const Trace&, const Trace&) = default;
};

constexpr uint32_t kTraceBlockMax = 4'096;  // traces in one block, which is one page

struct TraceBlock {
  ModSeq modseq_min;
  ModSeq modseq_max;
  uint32_t count = 0;
  PageId page;              // 0: never written
  ColumnPtr<Trace> traces;  // null: not in memory
};

class Traces {
 public:
  uint64_t size() const { return sealed_count_ + young_count_; }
  // Below it nothing is known any more.
  ModSeq floor() const { return floor_; }

  // With a modseq above all that are there.
  void add(const UidSet& uids, ModSeq modseq);
  // Forgets the blocks that have nothing above `floor`, which must be a modseq_max of one of them or the floor itself.
  void raise_floor(ModSeq floor);
  // Where the floor must be for `count` more to fit into `count_max`; floor() if they fit now.
  ModSeq floor_for(uint64_t count, uint64_t count_max) const;

  const std::vector<TraceBlock>& sealed() const { return *sealed_; }
  std::span<const Trace> young() const;

  // For checkpoints and pages.
  static Traces from_parts(std::vector<TraceBlock> sealed, std::span<const Trace> young, ModSeq floor);
  void seal_young();
  void replace_sealed(std::vector<TraceBlock> sealed);

  Traces();

 private:
  std::shared_ptr<const std::vector<TraceBlock>> sealed_;  // oldest first
  ColumnPtr<Trace> young_;
  uint32_t young_count_ = 0;
  uint64_t sealed_count_ = 0;
  ModSeq floor_;
};

}  // namespace roost::mail
