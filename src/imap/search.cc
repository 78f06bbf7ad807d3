#include "imap/search.h"

#include "imap/parser.h"

namespace roost::imap {
namespace {

// search-return-opt = "MIN" / "MAX" / "ALL" / "COUNT" / "SAVE" / "PARTIAL" SP partial-range
// RFC 4731 4, RFC 5182 3, RFC 9394 4
Result<> parse_return_opt(Parser& in, Search::Return& out) {
  if (in.take_word("MIN")) {
    out.min = true;
  } else if (in.take_word("MAX")) {
    out.max = true;
  } else if (in.take_word("ALL")) {
    out.all = true;
  } else if (in.take_word("COUNT")) {
    out.count = true;
  } else if (in.dialect().searchres && in.take_word("SAVE")) {
    out.save = true;
  } else if (in.dialect().partial && !out.partial && in.take_word("PARTIAL")) {
    ROOST_TRY_VOID(in.space());
    ROOST_TRY(out.partial, parse_partial_range(in));
  } else {
    return in.expected("a known return option");
  }
  return {};
}

}  // namespace

// search-return-opts = SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")"     RFC 4466 3
Result<> parse_search_return_opts(Parser& in, Search& out) {
  Search::Return give;
  ROOST_TRY_VOID(in.space());
  ROOST_TRY_VOID(in.expect('(', "'(' after RETURN"));
  bool more = !in.take(')');
  while (more) {
    ROOST_TRY_VOID(parse_return_opt(in, give));
    more = in.take(' ');
    if (!more) ROOST_TRY_VOID(in.expect(')', "')' after the return options"));
  }
  if (give.partial && give.all) return in.wrong("PARTIAL and ALL exclude each other");
  // RFC 4731 3.1: an empty list is ALL.
  if (give == Search::Return{}) give.all = true;
  out.give = give;
  return in.space();
}

// search-program = ["CHARSET" SP charset SP] search-key *(SP search-key)     RFC 9051 9
Result<Search> parse_search(Parser& in, bool uid) {
  Search out{.uid = uid};
  ROOST_TRY_VOID(in.space());
  if (in.dialect().esearch && in.take_word("RETURN")) ROOST_TRY_VOID(parse_search_return_opts(in, out));
  if (in.take_word("CHARSET")) {
    ROOST_TRY_VOID(in.space());
    ROOST_TRY(out.charset, in.astring("a charset"));
    ROOST_TRY_VOID(in.space());
  }
  ROOST_TRY(out.key, parse_search_keys(in));
  return out;
}

}  // namespace roost::imap
