// ESEARCH (RFC 4731): what SEARCH RETURN (…) answers. The command itself is in search.cc.
#include "imapd/features/esearch.h"

#include "imapd/features/all.h"
#include "imapd/features/search_query.h"

namespace roost::imapd {
namespace {

// RFC 4731 3.2: the highest of those that are given; COUNT and ALL speak of all.
std::optional<ModSeq> mod_seq_of(const imap::Search::Return& give, const View& view, const UidSet& found) {
  if (give.all || give.count) return highest_mod_seq(view, found);
  UidSet ends;
  if (give.min) ends.insert(*found.first());
  if (give.max) ends.insert(*found.last());
  return highest_mod_seq(view, ends);
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
  if (give.all) row.all = search.uid ? found : view.numbers(found);
  if (asks_for_mod_seq(search.key)) row.mod_seq = mod_seq_of(give, view, found);
  return row;
}

constinit const Feature kEsearch = {.name = "esearch", .capabilities = kCapabilities, .grammar = kGrammar};

}  // namespace roost::imapd
