// PARTIAL (RFC 9394): a part of what SEARCH or SORT found, or of what UID FETCH names.
#include "imapd/features/partial.h"

#include <algorithm>
#include <utility>

#include "imapd/features/all.h"

namespace roost::imapd {
namespace {

// Places in a result, counted from 0; `end` is not among them.
struct Places {
  uint64_t begin = 0;
  uint64_t end = 0;
};

Places places_of(const imap::PartialRange& range, uint64_t count) {
  auto [low, high] = std::minmax(range.first, range.last);
  uint64_t begin = std::min<uint64_t>(low - 1, count);
  uint64_t end = std::min<uint64_t>(high, count);
  if (!range.from_end) return {begin, end};
  return {count - end, count - begin};
}

constexpr Capability kCapabilities[] = {{"PARTIAL", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::partial};

}  // namespace

UidSet part_of(const UidSet& uids, const imap::PartialRange& range) {
  Places places = places_of(range, uids.count());
  UidSet part;
  uint64_t before = 0;
  for (const UidRange& run : uids) {
    uint64_t begin = std::max(places.begin, before);
    uint64_t end = std::min(places.end, before + run.count());
    if (begin < end) {
      part.append(UidRange{Uid(static_cast<uint32_t>(run.first.value + (begin - before))),
                           Uid(static_cast<uint32_t>(run.first.value + (end - before) - 1))});
    }
    before += run.count();
  }
  return part;
}

Found part_of(const Found& found, const imap::PartialRange& range) {
  if (!found.order) return {.uids = part_of(found.uids, range)};
  Places places = places_of(range, found.order->size());
  auto at = [&](uint64_t place) { return found.order->begin() + static_cast<ptrdiff_t>(place); };
  Found part{.order = std::vector<Uid>(at(places.begin), at(places.end))};
  std::vector<UidRange> uids;
  for (Uid uid : *part.order) uids.push_back({uid, uid});
  part.uids = UidSet::from_ranges(std::move(uids));
  return part;
}

constinit const Feature kPartial = {.name = "partial", .capabilities = kCapabilities, .grammar = kGrammar};

}  // namespace roost::imapd
