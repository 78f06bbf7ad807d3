// SORT and THREAD: a SEARCH whose result has an order.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "imap/search.h"

namespace roost::imap {

class Parser;

// sort-criterion = ["REVERSE" SP] sort-key     RFC 5256 5, RFC 5957 5
struct SortCriterion {
  enum class Key : uint8_t { arrival, cc, date, from, size, subject, to, display_from, display_to };
  Key key = Key::arrival;
  bool reverse = false;
  friend bool operator==(const SortCriterion&, const SortCriterion&) = default;
};

// sort = "SORT" [search-return-opts] SP sort-criteria SP search-criteria     RFC 5256 5, RFC 5267 5
struct Sort {
  // Those that can make a difference: a key that came before decides nothing any more. So they are few.
  std::vector<SortCriterion> criteria;
  Search search;  // its charset is never empty
};

// thread = "THREAD" SP thread-alg SP search-criteria     RFC 5256 5, draft-ietf-morg-inthread
struct Thread {
  enum class Algorithm : uint8_t { ordered_subject, references, refs };
  Algorithm algorithm = Algorithm::ordered_subject;
  Search search;  // likewise; without RETURN
};

Result<Sort> parse_sort(Parser& in, bool uid);
Result<Thread> parse_thread(Parser& in, bool uid);

}  // namespace roost::imap
