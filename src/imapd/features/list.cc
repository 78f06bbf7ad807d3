// LIST (RFC 9051 6.3.9, RFC 3501 6.3.8) with CHILDREN (RFC 3348) and SPECIAL-USE (RFC 6154); and XLIST, which is what
// Gmail had before those.
#include <algorithm>
#include <string>

#include "imap/mailbox_name.h"
#include "imap/utf7.h"
#include "imapd/features/all.h"
#include "imapd/features/listing.h"
#include "imapd/features/name_levels.h"

namespace roost::imapd {
namespace {

void add_rows(const Listing& listing, NameLevels& levels, BytesView name, std::vector<imap::ListRow>& rows) {
  bool matches = listing.matches(name);
  // RFC 3501 6.3.8: levels of hierarchy that are no mailboxes are returned where "%" reaches only them.
  levels.for_each_new_parent(name, [&](BytesView parent) {
    if (matches || listing.list.select.special_use || !listing.matches(parent)) return;
    if (!find_listed(listing.areas, parent)) rows.push_back(listing.row(parent));
  });
  if (!matches) return;
  imap::ListRow row = listing.row(name);
  if (!listing.list.select.special_use || !row.special_use.empty()) rows.push_back(std::move(row));
}

// The longest beginning that all names share which could match.
Bytes common_prefix(const std::vector<imap::ListPattern>& patterns) {
  Bytes prefix(patterns.front().fixed_prefix());
  for (const imap::ListPattern& pattern : patterns) {
    BytesView other = pattern.fixed_prefix();
    size_t shared = std::mismatch(prefix.begin(), prefix.end(), other.begin(), other.end()).first - prefix.begin();
    prefix.resize(shared);
  }
  return prefix;
}

// RFC 9051 6.3.9: wildcards may match less than everything. Those of a name that begins with nothing match the root of
// the past alone, and those below the root its days, or whoever asks for all would be given each mailbox once more for
// each day.
void add_past(const Listing& listing, std::vector<imap::ListRow>& rows) {
  auto is_past = [](const Area& area) { return area.past; };
  auto first = std::ranges::find_if(listing.areas, is_past);
  if (first == listing.areas.end() || listing.list.select.special_use) return;
  Bytes root = first->prefix.substr(0, first->prefix.find(imap::kHierarchySeparator));
  if (listing.matches(root)) rows.push_back(listing.row(root));
  auto spells_root = [&root](const imap::ListPattern& pattern) {
    return pattern.fixed_prefix().starts_with(root + imap::kHierarchySeparator);
  };
  if (std::ranges::none_of(listing.patterns, spells_root)) return;
  for (const Area& area : listing.areas) {
    BytesView day = BytesView(area.prefix).substr(0, area.prefix.size() - 1);
    if (area.past && listing.matches(day)) rows.push_back(listing.row(day));
  }
}

task<Result<>> list_mailboxes(Session& session, const Listing& listing) {
  std::vector<Bytes> names;
  for_each_listed(listing.areas, common_prefix(listing.patterns), [&](const Area& area, const mail::Mailbox& mailbox) {
    names.push_back(area.prefix + mailbox.name());
  });
  NameLevels levels;
  std::vector<imap::ListRow> rows;
  add_past(listing, rows);
  for (size_t i = 0; i < names.size(); ++i) {
    add_rows(listing, levels, names[i], rows);
    if (i % kNamesAtOnce == 0) ROOST_CO_TRY_VOID(co_await write_rows(session, listing, rows));
  }
  co_return co_await write_rows(session, listing, rows);
}

std::vector<Bytes> days_asked_for(const Session& session, const Listing& listing) {
  if (listing.list.select.subscribed) return subscribed_past(session);
  std::vector<Bytes> names;
  for (const imap::ListPattern& pattern : listing.patterns) names.emplace_back(pattern.fixed_prefix());
  return names;
}

// RFC 3501 6.3.8: an empty pattern asks for the separator, and the root of the reference.
Bytes root_of(BytesView reference, bool utf8) {
  size_t separator = reference.find(imap::kHierarchySeparator);
  BytesView root = separator == BytesView::npos ? BytesView() : reference.substr(0, separator + 1);
  if (utf8) return Bytes(root);
  Bytes spelled;
  imap::write_modified_utf7(spelled, root);
  return spelled;
}

task<Result<Completion>> run_list(Session& session, imap::Command& command) {
  const auto& list = std::get<imap::List>(command.body);
  const std::string completed = std::string(imap::verb_name(command.verb)) + " completed.";
  if (!list.extended && list.patterns.front().empty()) {
    imap::write_list_separator(session.buffer(), root_of(list.reference, session.dialect().utf8_names),
                               imap::verb_name(command.verb));
    co_return done(completed);
  }
  Listing listing{.list = list};
  for (const Bytes& pattern : list.patterns) {
    if (!pattern.empty()) listing.patterns.emplace_back(list.reference, pattern);
  }
  // RFC 5258 3: among several patterns, or with options, an empty one matches nothing.
  if (listing.patterns.empty()) co_return done(completed);
  ROOST_CO_TRY(listing.areas, co_await find_areas(session, common_prefix(listing.patterns)));
  ROOST_CO_TRY_VOID(co_await open_days(session, days_asked_for(session, listing), listing.areas));
  listing.subscriptions = listing.areas.front().snapshot;
  if (list.select.subscribed) {
    ROOST_CO_TRY_VOID(co_await list_subscriptions(session, listing));
  } else {
    ROOST_CO_TRY_VOID(co_await list_mailboxes(session, listing));
  }
  co_return done(completed);
}

constexpr Capability kCapabilities[] = {{"CHILDREN", kLoggedIn}, {"SPECIAL-USE", kLoggedIn}, {"XLIST", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::special_use};

constexpr CommandRow kCommands[] = {
    {imap::Verb::list, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_list},
    {imap::Verb::xlist, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_list},
};

}  // namespace

constinit const Feature kList = {
    .name = "list", .capabilities = kCapabilities, .commands = kCommands, .grammar = kGrammar};

}  // namespace roost::imapd
