// LIST-EXTENDED (RFC 5258): LIST (SUBSCRIBED RECURSIVEMATCH). Several patterns and the return options are list.cc's and
// listing.cc's; REMOTE adds nothing, as no mailbox is elsewhere.
#include <map>

#include "imap/mailbox_name.h"
#include "imapd/features/all.h"
#include "imapd/features/listing.h"

namespace roost::imapd {
namespace {

inline constexpr size_t kRowsMax = 500'000;

// A name that is returned.
struct Reason {
  bool selected = false;    // meets the selection criteria itself
  bool child_info = false;  // has something below it that does
};
using Rows = std::map<Bytes, Reason, std::less<>>;

bool is_selected(const Listing& listing, BytesView subscription) {
  if (!listing.list.select.special_use) return true;
  return !listing.row(subscription).special_use.empty();
}

// The names above one that is selected. RFC 5258 3.5: CHILDINFO alone is no reason to return a name if what is below
// it is returned as well.
void note_parents(const Listing& listing, BytesView name, bool returned, Rows& rows) {
  for (size_t at = name.find(imap::kHierarchySeparator); at != BytesView::npos;
       at = name.find(imap::kHierarchySeparator, at + 1)) {
    BytesView parent = name.substr(0, at);
    bool also_selected = listing.subscriptions->subscribed(parent) && is_selected(listing, parent);
    if ((!also_selected && returned) || !listing.matches(parent)) continue;
    rows[Bytes(parent)].child_info = true;
  }
}

task<Result<Rows>> find_rows(Session& session, const Listing& listing) {
  std::vector<BytesView> names;  // of the snapshot, which the listing holds
  listing.subscriptions->for_each_subscription([&names](const std::string& name) {
    names.push_back(name);
    return true;
  });
  Rows rows;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i % kNamesAtOnce == 0 && session.batch_due()) ROOST_CO_TRY_VOID(co_await session.next_batch());
    if (!is_selected(listing, names[i])) continue;
    bool returned = listing.matches(names[i]);
    if (returned) rows[Bytes(names[i])].selected = true;
    if (listing.list.select.recursive_match) note_parents(listing, names[i], returned, rows);
    if (rows.size() > kRowsMax) co_return no(Code::limit, "Too many names.");
  }
  co_return rows;
}

constexpr Capability kCapabilities[] = {{"LIST-EXTENDED", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::list_extended};

}  // namespace

task<Result<>> list_subscriptions(Session& session, const Listing& listing) {
  ROOST_CO_TRY(Rows rows, co_await find_rows(session, listing));
  std::vector<imap::ListRow> listed;
  for (const auto& [name, reason] : rows) {
    listed.push_back(listing.row(name));
    listed.back().child_info_subscribed = reason.child_info;
    if (listed.size() == kNamesAtOnce) ROOST_CO_TRY_VOID(co_await write_rows(session, listing, listed));
  }
  co_return co_await write_rows(session, listing, listed);
}

constinit const Feature kListExtended = {.name = "list_extended", .capabilities = kCapabilities, .grammar = kGrammar};

}  // namespace roost::imapd
