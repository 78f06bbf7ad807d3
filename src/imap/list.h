// LIST, LSUB and XLIST.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "imap/status.h"

namespace roost::imap {

class Parser;

// list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]     RFC 9051 6.3.9, RFC 5258,
// 5819, 6154 lsub = "LSUB" SP mailbox SP list-mailbox     RFC 3501 6.3.9
struct List {
  static constexpr size_t kPatternsMax = 100;

  struct Selection {
    bool subscribed = false;
    bool remote = false;
    bool recursive_match = false;
    bool special_use = false;
  };
  struct Return {
    bool subscribed = false;
    bool children = false;
    bool special_use = false;
    bool my_rights = false;  // RFC 8440
    StatusItems status;
    std::vector<Bytes> metadata;  // RFC 9590: entries, as the client spells them; none: not asked for
  };

  bool lsub = false;
  bool xlist = false;  // Gmail's, from before RFC 6154: written like LSUB
  bool extended =
      false;  // any option or parenthesised patterns: an empty pattern is then no question for the separator
  Selection select;
  Return give;
  Bytes reference;              // UTF-8, as decode_list_pattern gives it
  std::vector<Bytes> patterns;  // likewise; at least one
};

Result<List> parse_list(Parser& in);
Result<List> parse_lsub(Parser& in);
Result<List> parse_xlist(Parser& in);

}  // namespace roost::imap
