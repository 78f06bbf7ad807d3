// Threads of one subject become one (RFC 5256 3, THREAD=REFERENCES, step 5).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "search/order_key.h"
#include "search/sliced_sort.h"

namespace roost::search {

// A message by its number, or after the last message a dummy that stays.
using Place = uint32_t;
inline constexpr Place kNoPlace = std::numeric_limits<Place>::max();

// The beginning of a thread.
struct ThreadHead {
  Place place = kNoPlace;
  OrderKeys::Entry subject;  // its own, or its first child's if it is a dummy
  bool dummy = false;
  bool reply = false;  // or forward
};

// Belongs to one thread at a time.
class SubjectMerge {
 public:
  // Heads without a subject are not given to it; the others in the order of their dates. `first_new` is the first place
  // that new dummies may take. `keys` holds the subjects, and must outlive it.
  SubjectMerge(std::vector<ThreadHead> heads, Place first_new, const OrderKeys& keys);

  // False where it was late: call again.
  bool run(Slice& slice);

  // `place`, which had no parent, is now a child of `parent`. Where `parent` and `place` both are dummies, the
  // children of `place` are.
  struct Move {
    Place place = kNoPlace;
    Place parent = kNoPlace;
  };
  const std::vector<Move>& moves() const { return moves_; }
  // How many dummies it made.
  uint32_t made() const { return made_; }

 private:
  void merge(std::span<const OrderKeys::Entry> same);
  const ThreadHead& chosen(std::span<const OrderKeys::Entry> same) const;

  const std::vector<ThreadHead> heads_;
  const Place first_new_;
  const OrderKeys& keys_;
  SlicedSort<OrderKeys::Entry, OrderKeys::Less> by_subject_;  // its items are places in heads_
  size_t next_ = 0;
  uint32_t made_ = 0;
  std::vector<Move> moves_;
};

}  // namespace roost::search
