#include "imap/sequence_set.h"

#include <algorithm>
#include <charconv>

#include "imap/number.h"

namespace roost::imap {
namespace {

constexpr size_t kBytesPerRange = 6;  // "12345,": a guess at what to reserve

// seq-number = nz-number / "*"
bool take_number(BytesView& text, uint32_t& value) {
  if (!text.empty() && text.front() == '*') {
    value = SequenceSet::kStar;
    text.remove_prefix(1);
    return true;
  }
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || text.front() == '0') return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

bool take(BytesView& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

bool SequenceSet::has_star() const {
  return std::ranges::any_of(ranges, [](const Range& r) { return r.first == kStar || r.last == kStar; });
}

UidSet resolve_uids(const SequenceSet& set, Uid star) {
  std::vector<UidRange> out;
  out.reserve(set.ranges.size());
  for (const SequenceSet::Range& r : set.ranges) {
    Uid first = r.first == SequenceSet::kStar ? star : Uid(r.first);
    Uid last = r.last == SequenceSet::kStar ? star : Uid(r.last);
    out.push_back({std::min(first, last), std::max(first, last)});
  }
  return UidSet::from_ranges(std::move(out));
}

namespace {

std::vector<SeqRange> as_numbers(const UidSet& set) {
  std::vector<SeqRange> out;
  out.reserve(set.range_count());
  for (const UidRange& r : set) out.push_back({SeqNum(r.first.value), SeqNum(r.last.value)});
  return out;
}

}  // namespace

Result<std::vector<SeqRange>> resolve_numbers(const SequenceSet& set, uint32_t exists) {
  if (!set.ranges.empty() && exists == 0) return bad("A message number in an empty mailbox");
  UidSet merged = resolve_uids(set, Uid(exists));
  if (merged.last() && merged.last()->value > exists) {
    return bad("There is no message " + std::to_string(merged.last()->value) + ": the mailbox has " +
               std::to_string(exists));
  }
  return as_numbers(merged);
}

std::vector<SeqRange> existing_numbers(const SequenceSet& set, uint32_t exists) {
  if (exists == 0) return {};
  return as_numbers(resolve_uids(set, Uid(exists)).intersect(UidSet::from_ranges({{Uid(1), Uid(exists)}})));
}

Result<SequenceSet> parse_sequence_set(BytesView text) {
  SequenceSet set;
  set.ranges.reserve(text.size() / kBytesPerRange + 1);
  do {
    SequenceSet::Range range;
    if (!take_number(text, range.first)) return bad("A message set is numbers from 1 to 4294967295, as in 1:3,7,9:*");
    range.last = range.first;
    if (take(text, ':') && !take_number(text, range.last)) {
      return bad("A message set is numbers from 1 to 4294967295, as in 1:3,7,9:*");
    }
    set.ranges.push_back(range);
  } while (take(text, ','));
  if (!text.empty()) return bad("A message set is numbers from 1 to 4294967295, as in 1:3,7,9:*");
  return set;
}

void write_sequence_set(Bytes& out, const SequenceSet& set) {
  auto number = [&](uint32_t value) {
    if (value == SequenceSet::kStar) {
      out += '*';
    } else {
      write_number(out, value);
    }
  };
  if (set.saved) out += '$';
  for (size_t i = 0; i < set.ranges.size(); ++i) {
    if (i > 0) out += ',';
    number(set.ranges[i].first);
    if (set.ranges[i].first == set.ranges[i].last) continue;
    out += ':';
    number(set.ranges[i].last);
  }
}

Result<UidSet> parse_uid_set(BytesView text) {
  ROOST_TRY(SequenceSet set, parse_sequence_set(text));
  if (set.has_star()) return bad("* is not allowed in a set of known messages");
  return resolve_uids(set, Uid(1));
}

}  // namespace roost::imap
