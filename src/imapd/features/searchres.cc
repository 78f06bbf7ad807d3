// SEARCHRES (RFC 5182): SEARCH RETURN (SAVE). "$" is kept as uids in the session's Selected, so that SELECT empties it,
// and an expunged message falls out when the view looks it up.
#include "imapd/features/searchres.h"

#include "imapd/features/all.h"
#include "imapd/features/partial.h"

namespace roost::imapd {
namespace {

constexpr Capability kCapabilities[] = {{"SEARCHRES", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::searchres};

}  // namespace

bool save_result(Session& session, const imap::Search::Return& give, const Found& found) {
  UidSet& saved = session.selected()->saved;
  saved.clear();
  UidSet kept;
  bool some_only = (give.min || give.max || give.partial) && !give.all && !give.count;
  if (!some_only) {
    kept = found.uids;
  } else if (!found.empty()) {
    if (give.partial) kept = part_of(found, *give.partial).uids;
    if (give.min) kept.insert(found.first());
    if (give.max) kept.insert(found.last());
  }
  if (kept.range_count() > session.config().saved_result_ranges_max) return false;
  saved = std::move(kept);
  return true;
}

constinit const Feature kSearchres = {.name = "searchres", .capabilities = kCapabilities, .grammar = kGrammar};

}  // namespace roost::imapd
