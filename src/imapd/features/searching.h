// What SEARCH, SORT and THREAD have in common: from the criteria to the messages that meet them.
#pragma once

#include <optional>
#include <vector>

#include "imap/search.h"
#include "imapd/feature.h"
#include "imapd/view.h"

namespace roost::imapd {

inline constexpr uint32_t kSearchMemoryBytes = 256 * 1024;
inline constexpr uint64_t kSearchLiteralBytesMax = 64 * 1024;
inline constexpr uint32_t kNumbersBetweenChecks = 512;  // of a batch's size and time

// Members of a view that meet the criteria.
struct Found {
  UidSet uids;
  std::optional<std::vector<Uid>> order;  // SORT's: the same uids; nothing: the mailbox's order

  bool empty() const { return uids.empty(); }
  // In that order; of what is not empty.
  Uid first() const { return order ? order->front() : *uids.first(); }
  Uid last() const { return order ? order->back() : *uids.last(); }
};

// NO [BADCHARSET (…)] for a charset that is not known.
std::optional<Completion> refuse_charset(const imap::Search& wanted);

// Of `among`, where there is one. An untagged NO says that messages could not be read, if so. Arrivals that the client
// has not been told of are not in its view.
task<Result<UidSet>> find_messages(Session& session, const imap::Search& wanted, const View& view,
                                   const std::optional<UidSet>& among);

// What the client calls them, uids or numbers, in their order. Numbers are those of `view`: nothing has been told since
// it was made.
task<Result<std::vector<UidRange>>> ranges_shown(Session& session, const View& view, const Found& found, bool uid);

}  // namespace roost::imapd
