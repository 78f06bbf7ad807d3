// ESEARCH (RFC 4731): what SEARCH RETURN (…) answers. The command itself is in search.cc.
#include "imapd/features/esearch.h"

#include "imap/list_response.h"
#include "imapd/features/all.h"
#include "imapd/features/partial.h"
#include "imapd/features/search_query.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

// RFC 4731 3.2: the highest of those that are given; COUNT and ALL speak of all.
std::optional<ModSeq> mod_seq_of(const imap::Search::Return& give, const View& view, const Found& found) {
  if (give.all || give.count) return highest_mod_seq(view, found.uids);
  UidSet ends;
  if (give.min) ends.insert(found.first());
  if (give.max) ends.insert(found.last());
  if (give.partial) ends = ends.unite(part_of(found, *give.partial).uids);
  return highest_mod_seq(view, ends);
}

constexpr Capability kCapabilities[] = {{"ESEARCH", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::esearch};

}  // namespace

task<Result<>> write_esearch(Session& session, const imap::Search& search, BytesView tag, const View& view,
                             const Found& found) {
  const imap::Search::Return& give = *search.give;
  imap::EsearchRow row{.tag = Bytes(tag), .uid = search.uid};
  auto shown = [&](Uid uid) { return search.uid ? uid.value : view.seq(uid).value; };
  if (give.count) row.count = static_cast<uint32_t>(found.uids.count());
  if (!found.empty()) {
    if (give.min) row.min = shown(found.first());
    if (give.max) row.max = shown(found.last());
    if (give.all) {
      ROOST_CO_TRY(row.all, co_await ranges_shown(session, view, found, search.uid));
    }
    if (asks_for_mod_seq(search.key)) row.mod_seq = mod_seq_of(give, view, found);
  }
  row.partial = give.partial;
  if (give.partial) {
    Found part = part_of(found, *give.partial);
    ROOST_CO_TRY(row.part, co_await ranges_shown(session, view, part, search.uid));
  }
  imap::write_esearch(session.buffer(), row);
  co_return Result<>{};
}

constinit const Feature kEsearch = {.name = "esearch", .capabilities = kCapabilities, .grammar = kGrammar};

}  // namespace roost::imapd
