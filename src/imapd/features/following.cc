// Which accounts a NOTIFY is about beside the user's own.
#include <set>

#include "imap/mailbox_name.h"
#include "imapd/features/areas.h"
#include "imapd/features/watching.h"
#include "imapd/history_tree.h"

namespace roost::imapd {
namespace {

// What stands before the names of the account that `name` leads to: "Other Users/fred/" or "Shared/". Empty: none.
Bytes prefix_of(BytesView name) {
  if (name.starts_with(kShared)) return Bytes(kShared);
  size_t end = name.find(imap::kHierarchySeparator, kOtherUsers.size());
  return Bytes(name.substr(0, end == BytesView::npos ? 0 : end + 1));
}

// Nothing ever happens in the past.
bool can_be_followed(const Session& session, BytesView name) {
  return lies_elsewhere(session, name) && !lies_in_history(session, name);
}

// All that grant something at this moment.
task<Result<>> add_all_below(Session& session, Bytes fixed_prefix, std::set<Bytes>& prefixes) {
  ROOST_CO_TRY(std::vector<Area> areas, co_await find_areas(session, std::move(fixed_prefix)));
  for (const Area& area : areas) {
    if (!area.prefix.empty()) prefixes.insert(area.prefix);
  }
  co_return Result<>{};
}

// The name of a subtree may be that of a user, or of all others together.
task<Result<>> add_prefixes(Session& session, Bytes name, bool whole_tree, std::set<Bytes>& prefixes) {
  if (whole_tree) name += imap::kHierarchySeparator;
  if (!can_be_followed(session, name)) co_return Result<>{};
  if (name == kOtherUsers) co_return co_await add_all_below(session, std::move(name), prefixes);
  Bytes prefix = prefix_of(name);
  if (!prefix.empty()) prefixes.insert(std::move(prefix));
  co_return Result<>{};
}

task<Result<std::set<Bytes>>> prefixes_of(Session& session, NotifyRules rules) {
  std::set<std::pair<Bytes, bool>> names;
  rules.for_each_name([&](const Bytes& name, bool whole_tree) { names.emplace(name, whole_tree); });
  if (rules.follow_subscriptions()) {
    session.account().snapshot()->for_each_subscription([&](const std::string& name) {
      if (can_be_followed(session, name)) names.emplace(name, false);
      return true;
    });
  }
  std::set<Bytes> prefixes;
  for (const auto& [name, whole_tree] : names) {
    ROOST_CO_TRY_VOID(co_await add_prefixes(session, name, whole_tree, prefixes));
  }
  co_return prefixes;
}

}  // namespace

task<Result<std::vector<Followed>>> find_followed(Session& session, NotifyRules rules) {
  ROOST_CO_TRY(std::set<Bytes> prefixes, co_await prefixes_of(session, std::move(rules)));
  if (prefixes.size() > session.config().notify_accounts_max) co_return no(Code::limit, "Too many accounts.");
  std::vector<Followed> followed;
  for (const Bytes& prefix : prefixes) {
    Result<Place> place = co_await find_place(session, prefix);
    if (!place && place.error().kind == Error::Kind::no) continue;
    if (!place) co_return std::unexpected(std::move(place).error());
    followed.push_back({.account = place->account, .prefix = prefix});
  }
  co_return followed;
}

}  // namespace roost::imapd
