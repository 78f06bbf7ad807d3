// A set of UIDs as sorted ranges: what a mailbox holds, what a command names, what a record expunges.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"

namespace roost {

// Both ends belong to it; first <= last, and neither is 0.
struct UidRange {
  Uid first;
  Uid last;

  uint64_t count() const { return uint64_t{last.value} - first.value + 1; }
  friend constexpr auto operator<=>(const UidRange&, const UidRange&) = default;
};

// Ranges are sorted, disjoint and never adjacent, so equal sets have equal ranges. Memory is 8 bytes a range, however
// many UIDs it spans. A value: copy it, move it; no thread rules of its own.
class UidSet {
 public:
  UidSet() = default;
  UidSet(std::initializer_list<UidRange> ranges);
  // Any order, overlaps allowed: O(n log n), or O(n) where they are sorted already.
  static UidSet from_ranges(std::vector<UidRange> ranges);
  static UidSet single(Uid uid) { return UidSet{{uid, uid}}; }

  // At the end: O(1) amortised. A range below what is there already is inserted instead: O(n).
  void append(Uid uid) { append(UidRange{uid, uid}); }
  void append(UidRange range);
  // Anywhere: O(log n + moved ranges). To build a large set from unsorted input use from_ranges().
  void insert(Uid uid) { insert(UidRange{uid, uid}); }
  void insert(UidRange range);
  void erase(UidRange range);
  void clear() { ranges_.clear(); }
  void reserve(size_t ranges) { ranges_.reserve(ranges); }

  bool contains(Uid uid) const;  // O(log n)
  bool empty() const { return ranges_.empty(); }
  uint64_t count() const;  // of UIDs; O(ranges)
  size_t range_count() const { return ranges_.size(); }
  std::optional<Uid> first() const;
  std::optional<Uid> last() const;
  // The UID at `index` in ascending order, from 0: O(ranges).
  std::optional<Uid> nth(uint64_t index) const;

  auto begin() const { return ranges_.begin(); }
  auto end() const { return ranges_.end(); }
  const std::vector<UidRange>& ranges() const { return ranges_; }

  // Calls f(Uid) in ascending order. A set such as 1:4294967295 is 4 billion calls: intersect it with what exists
  // first.
  template <class F>
  void for_each(F&& f) const {
    for (const UidRange& r : ranges_) {
      for (uint64_t v = r.first.value; v <= r.last.value; ++v) f(Uid(static_cast<uint32_t>(v)));
    }
  }

  // O(ranges of both).
  UidSet intersect(const UidSet& other) const;
  UidSet subtract(const UidSet& other) const;
  UidSet unite(const UidSet& other) const;

  friend bool operator==(const UidSet&, const UidSet&) = default;

 private:
  std::vector<UidRange> ranges_;
};

// "1:3,7": the uid-set of RFC 4315 4 without `*`. An empty set writes nothing.
void write_uid_set(Bytes& out, const UidSet& set);

}  // namespace roost
