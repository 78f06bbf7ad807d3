#include "imap/sort.h"

#include <algorithm>
#include <string_view>

#include "imap/parser.h"

namespace roost::imap {
namespace {

using Key = SortCriterion::Key;

struct KeyName {
  std::string_view name;
  Key key;
  bool display = false;  // RFC 5957
};
constexpr KeyName kKeys[] = {{"ARRIVAL", Key::arrival},
                             {"CC", Key::cc},
                             {"DATE", Key::date},
                             {"FROM", Key::from},
                             {"SIZE", Key::size},
                             {"SUBJECT", Key::subject},
                             {"TO", Key::to},
                             {"DISPLAYFROM", Key::display_from, true},
                             {"DISPLAYTO", Key::display_to, true}};

Result<Key> parse_sort_key(Parser& in) {
  for (const KeyName& known : kKeys) {
    if (known.display && !in.dialect().sort_display) continue;
    if (in.take_word(known.name)) return known.key;
  }
  return in.expected("a known sort key");
}

// sort-criteria = "(" sort-criterion *(SP sort-criterion) ")"     RFC 5256 5
Result<std::vector<SortCriterion>> parse_sort_criteria(Parser& in) {
  std::vector<SortCriterion> out;
  ROOST_TRY_VOID(in.expect('(', "'(' before the sort criteria"));
  do {
    bool reverse = in.take_word("REVERSE");
    if (reverse) ROOST_TRY_VOID(in.space());
    ROOST_TRY(Key key, parse_sort_key(in));
    bool decided = std::ranges::any_of(out, [key](const SortCriterion& before) { return before.key == key; });
    if (!decided) out.push_back({key, reverse});
  } while (in.take(' '));
  ROOST_TRY_VOID(in.expect(')', "')' after the sort criteria"));
  return out;
}

// search-criteria = charset 1*(SP search-key)     RFC 5256 5
Result<> parse_search_criteria(Parser& in, Search& out) {
  ROOST_TRY(out.charset, in.astring("a charset"));
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.key, parse_search_keys(in));
  return {};
}

// thread-alg = "ORDEREDSUBJECT" / "REFERENCES" / thread-alg-ext     RFC 5256 5
Result<Thread::Algorithm> parse_thread_algorithm(Parser& in) {
  if (in.take_word("ORDEREDSUBJECT")) return Thread::Algorithm::ordered_subject;
  if (in.take_word("REFERENCES")) return Thread::Algorithm::references;
  if (in.take_word("REFS")) return Thread::Algorithm::refs;
  return in.expected("a known threading algorithm");
}

}  // namespace

Result<Sort> parse_sort(Parser& in, bool uid) {
  Sort out{.search = {.uid = uid}};
  ROOST_TRY_VOID(in.space());
  if (in.dialect().esort && in.take_word("RETURN")) ROOST_TRY_VOID(parse_search_return_opts(in, out.search));
  ROOST_TRY(out.criteria, parse_sort_criteria(in));
  ROOST_TRY_VOID(in.space());
  ROOST_TRY_VOID(parse_search_criteria(in, out.search));
  return out;
}

Result<Thread> parse_thread(Parser& in, bool uid) {
  Thread out{.search = {.uid = uid}};
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.algorithm, parse_thread_algorithm(in));
  ROOST_TRY_VOID(in.space());
  ROOST_TRY_VOID(parse_search_criteria(in, out.search));
  return out;
}

}  // namespace roost::imap
