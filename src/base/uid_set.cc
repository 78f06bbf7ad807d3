#include "base/uid_set.h"

#include <algorithm>
#include <charconv>

namespace roost {
namespace {

bool touches(UidRange before, UidRange after) { return uint64_t{before.last.value} + 1 >= after.first.value; }

void write_number(Bytes& out, uint32_t value) {
  char digits[10];
  auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, end);
}

}  // namespace

UidSet::UidSet(std::initializer_list<UidRange> ranges) : UidSet(from_ranges(ranges)) {}

UidSet UidSet::from_ranges(std::vector<UidRange> ranges) {
  if (!std::ranges::is_sorted(ranges)) std::ranges::sort(ranges);
  size_t kept = 0;
  for (const UidRange& r : ranges) {
    if (kept > 0 && touches(ranges[kept - 1], r)) {
      ranges[kept - 1].last = std::max(ranges[kept - 1].last, r.last);
    } else {
      ranges[kept++] = r;
    }
  }
  ranges.resize(kept);
  UidSet out;
  out.ranges_ = std::move(ranges);
  return out;
}

void UidSet::append(UidRange range) {
  if (ranges_.empty() || !touches(ranges_.back(), range)) {
    ranges_.push_back(range);
  } else if (range.first >= ranges_.back().first) {
    ranges_.back().last = std::max(ranges_.back().last, range.last);
  } else {
    insert(range);
  }
}

void UidSet::insert(UidRange range) {
  auto from = std::ranges::partition_point(ranges_, [&](const UidRange& r) { return !touches(r, range); });
  auto to = std::partition_point(from, ranges_.end(), [&](const UidRange& r) { return touches(range, r); });
  if (from == to) {
    ranges_.insert(from, range);
    return;
  }
  from->first = std::min(from->first, range.first);
  from->last = std::max((to - 1)->last, range.last);
  ranges_.erase(from + 1, to);
}

void UidSet::erase(UidRange range) {
  auto from = std::ranges::partition_point(ranges_, [&](const UidRange& r) { return r.last < range.first; });
  auto to = std::partition_point(from, ranges_.end(), [&](const UidRange& r) { return r.first <= range.last; });
  if (from == to) return;
  std::vector<UidRange> rest;
  if (from->first < range.first) rest.push_back({from->first, Uid(range.first.value - 1)});
  if ((to - 1)->last > range.last) rest.push_back({range.last.next(), (to - 1)->last});
  auto at = ranges_.erase(from, to);
  ranges_.insert(at, rest.begin(), rest.end());
}

bool UidSet::contains(Uid uid) const {
  auto it = std::ranges::partition_point(ranges_, [&](const UidRange& r) { return r.last < uid; });
  return it != ranges_.end() && it->first <= uid;
}

uint64_t UidSet::count() const {
  uint64_t sum = 0;
  for (const UidRange& r : ranges_) sum += r.count();
  return sum;
}

std::optional<Uid> UidSet::first() const {
  if (ranges_.empty()) return std::nullopt;
  return ranges_.front().first;
}

std::optional<Uid> UidSet::last() const {
  if (ranges_.empty()) return std::nullopt;
  return ranges_.back().last;
}

std::optional<Uid> UidSet::nth(uint64_t index) const {
  for (const UidRange& r : ranges_) {
    if (index < r.count()) return Uid(static_cast<uint32_t>(r.first.value + index));
    index -= r.count();
  }
  return std::nullopt;
}

UidSet UidSet::intersect(const UidSet& other) const {
  UidSet out;
  auto a = begin();
  auto b = other.begin();
  while (a != end() && b != other.end()) {
    Uid low = std::max(a->first, b->first);
    Uid high = std::min(a->last, b->last);
    if (low <= high) out.ranges_.push_back({low, high});
    if (a->last < b->last) {
      ++a;
    } else {
      ++b;
    }
  }
  return out;
}

UidSet UidSet::subtract(const UidSet& other) const {
  UidSet out;
  auto b = other.begin();
  for (UidRange left : ranges_) {
    while (b != other.end() && b->last < left.first) ++b;
    bool remains = true;
    for (auto cut = b; cut != other.end() && cut->first <= left.last; ++cut) {
      if (left.first < cut->first) out.ranges_.push_back({left.first, Uid(cut->first.value - 1)});
      b = cut;  // the last cut may also reach into our next range; those before it do not
      remains = cut->last < left.last;
      if (!remains) break;
      left.first = cut->last.next();
    }
    if (remains) out.ranges_.push_back(left);
  }
  return out;
}

UidSet UidSet::unite(const UidSet& other) const {
  std::vector<UidRange> all(ranges_.size() + other.ranges_.size());
  std::ranges::merge(ranges_, other.ranges_, all.begin());
  return from_ranges(std::move(all));
}

void write_uid_set(Bytes& out, const UidSet& set) {
  bool more = false;
  for (const UidRange& r : set) {
    if (more) out += ',';
    more = true;
    write_number(out, r.first.value);
    if (r.first == r.last) continue;
    out += ':';
    write_number(out, r.last.value);
  }
}

}  // namespace roost
