// The leaves of a SEARCH's tree.
#pragma once

#include "base/result.h"
#include "imap/search.h"

namespace roost::imap {

// A search-key other than NOT, OR and a parenthesis.
Result<SearchKey> parse_search_leaf(Parser& in);
// Not not_ of not_.
SearchKey negate_search_key(SearchKey key);

}  // namespace roost::imap
