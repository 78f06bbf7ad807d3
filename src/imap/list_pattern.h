// What LIST matches.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"

namespace roost::imap {

// list-mailbox: `*` is anything, `%` anything without the hierarchy separator (RFC 3501 6.3.8). A leading INBOX matches
// in any case. Made once for a command, asked for each mailbox.
class ListPattern {
 public:
  // Reference and pattern joined, decoded (decode_list_pattern). Runs of wildcards are made one, so that
  // "%*%*%*" costs what "*" costs.
  ListPattern(BytesView reference, BytesView pattern);

  // O(name × pattern) at worst, no backtracking.
  bool matches(BytesView name) const;
  // The name, or a level above it, matches: whether a client that lists level by level learns of it (\NonExistent
  // parents; RFC 5258 3.5).
  bool matches_parent_of(BytesView name) const;
  // No mailbox whose name does not begin with this can match: where an ordered walk may start.
  BytesView fixed_prefix() const { return prefix_; }
  const Bytes& text() const { return pattern_; }

 private:
  Bytes pattern_;
  Bytes prefix_;
};

}  // namespace roost::imap
