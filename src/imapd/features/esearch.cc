// ESEARCH (RFC 4731): what SEARCH RETURN (…) answers. The command itself is in search.cc.
#include "imapd/features/esearch.h"

#include "imapd/features/all.h"

namespace roost::imapd {
namespace {

// All of a range's uids are members, so their numbers are consecutive.
UidSet numbers_of(const View& view, const UidSet& uids) {
  UidSet numbers;
  for (const UidRange& range : uids) {
    uint32_t first = view.seq(range.first).value;
    numbers.append(UidRange{Uid(first), Uid(first + static_cast<uint32_t>(range.count() - 1))});
  }
  return numbers;
}

constexpr Capability kCapabilities[] = {{"ESEARCH", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::esearch};

}  // namespace

imap::EsearchRow esearch_row(const imap::Search& search, BytesView tag, const View& view, const UidSet& found) {
  const imap::Search::Return& give = *search.give;
  imap::EsearchRow row{.tag = Bytes(tag), .uid = search.uid};
  auto shown = [&](Uid uid) { return search.uid ? uid.value : view.seq(uid).value; };
  if (give.count) row.count = static_cast<uint32_t>(found.count());
  if (found.empty()) return row;
  if (give.min) row.min = shown(*found.first());
  if (give.max) row.max = shown(*found.last());
  if (give.all) row.all = search.uid ? found : numbers_of(view, found);
  return row;
}

constinit const Feature kEsearch = {.name = "esearch", .capabilities = kCapabilities, .grammar = kGrammar};

}  // namespace roost::imapd
