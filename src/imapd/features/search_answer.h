// The way that SEARCH, SORT and THREAD go together: from the command to its tagged reply.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "imap/search.h"
#include "imapd/feature.h"
#include "imapd/features/searching.h"
#include "imapd/view.h"

namespace roost::imapd {

// What each of them does in its own way.
class Searcher {
 public:
  virtual ~Searcher() = default;
  // What of `among` (nothing: of everything) meets the criteria, in the order that the command asks for.
  virtual task<Result<Found>> find(Session& session, const View& view, const std::optional<UidSet>& among) = 0;
  // The response where no RETURN asks for another. Numbers are those of `view`: nothing has been told since it was
  // made.
  virtual task<Result<>> write(Session& session, const View& view, const Found& found) = 0;
  // Whether the result of a part of the messages is a part of the result (RFC 9738 3.3).
  virtual bool can_be_partial() const { return false; }
};

// With SAVE, ESEARCH, and the codes that are due. `wanted` is the command's, or within it.
task<Result<Completion>> answer_search(Session& session, const imap::Search& wanted, const imap::Command& command,
                                       Searcher& searcher);

}  // namespace roost::imapd
