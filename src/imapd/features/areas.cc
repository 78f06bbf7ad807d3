#include "imapd/features/areas.h"

#include <algorithm>
#include <map>

#include "imap/mailbox_name.h"
#include "imapd/features/mailbox_row.h"
#include "imapd/history_tree.h"
#include "imapd/session.h"
#include "mail/former.h"

namespace roost::imapd {
namespace {

// Of those who granted something to a user, or to everybody.
inline constexpr size_t kOtherUsersMax = 10'000;

// One begins with the other.
bool may_lie_below(BytesView prefix, BytesView fixed_prefix) {
  return prefix.starts_with(fixed_prefix) || fixed_prefix.starts_with(prefix);
}

bool shows_anything(const Area& area) {
  bool any = false;
  area.snapshot->for_each_mailbox([&](const mail::Mailbox& mailbox) {
    any = area.account->rights(mailbox).has(Right::lookup);
    return !any;
  });
  return any;
}

task<Result<>> add_area(Session& session, Bytes name, std::vector<Area>& areas) {
  Result<Place> place = co_await find_place(session, std::move(name));
  if (!place && place.error().kind == Error::Kind::no) co_return Result<>{};
  ROOST_CO_TRY(Place found, std::move(place));
  Area area{.account = found.account, .snapshot = found.account->snapshot(), .prefix = std::move(found.prefix)};
  if (shows_anything(area)) areas.push_back(std::move(area));
  co_return Result<>{};
}

// By their login names. Notes of users who are gone are forgotten.
task<Result<std::map<Bytes, AccountId>>> granting_users(Session& session) {
  std::map<Bytes, AccountId> users;
  const Bytes identifiers[] = {session.user(), Bytes(mail::kAnyone), Bytes(mail::kAuthUser)};
  accounts::Accounts& accounts = session.services().accounts;
  for (const Bytes& identifier : identifiers) {
    ROOST_CO_TRY(std::vector<accounts::Grant> grants, co_await accounts.grants_to(identifier));
    for (accounts::Grant& grant : grants) {
      if (grant.account == session.account().id() || users.size() >= kOtherUsersMax) continue;
      ROOST_CO_TRY(auto user, co_await session.services().authenticator.find_user(grant.owner));
      if (user && user->account == grant.account) {
        users.emplace(std::move(grant.owner), grant.account);
      } else {
        ROOST_CO_TRY_VOID(co_await accounts.forget_grant(identifier, grant.account));
      }
    }
  }
  co_return users;
}

task<Result<>> add_other_users(Session& session, Bytes fixed_prefix, std::vector<Area>& areas) {
  ROOST_CO_TRY(auto users, co_await granting_users(session));
  for (const auto& [user, account] : users) {
    Bytes prefix = Bytes(kOtherUsers) + user + imap::kHierarchySeparator;
    if (may_lie_below(prefix, fixed_prefix)) ROOST_CO_TRY_VOID(co_await add_area(session, std::move(prefix), areas));
  }
  co_return Result<>{};
}

// Looking at a day costs as much as reading the account: nothing of it is known yet.
void add_days(Session& session, BytesView fixed_prefix, std::vector<Area>& areas) {
  Bytes root = history_prefix(session);
  if (root.empty() || !may_lie_below(root, fixed_prefix)) return;
  mail::SnapshotPtr nothing = mail::FormerAccount(*areas.front().snapshot, {}).snapshot();
  for (Bytes& day : history_days(session)) {
    if (!may_lie_below(day, fixed_prefix)) continue;
    areas.push_back({.account = session.account_ptr(), .snapshot = nothing, .prefix = std::move(day), .past = true});
  }
}

}  // namespace

task<Result<std::vector<Area>>> find_areas(Session& session, Bytes fixed_prefix) {
  std::vector<Area> areas;
  areas.push_back({.account = session.account_ptr(), .snapshot = session.account().snapshot(), .prefix = {}});
  if (may_lie_below(kOtherUsers, fixed_prefix)) {
    ROOST_CO_TRY_VOID(co_await add_other_users(session, fixed_prefix, areas));
  }
  if (!session.config().shared_user.empty() && may_lie_below(kShared, fixed_prefix)) {
    ROOST_CO_TRY_VOID(co_await add_area(session, Bytes(kShared), areas));
  }
  add_days(session, fixed_prefix, areas);
  std::ranges::sort(areas, {}, &Area::prefix);  // "fred-x/" stands before "fred/"
  co_return areas;
}

task<Result<>> open_days(Session& session, std::vector<Bytes> names, std::vector<Area>& areas) {
  for (Area& area : areas) {
    auto leads_there = [&area](const Bytes& name) { return name.starts_with(area.prefix); };
    if (!area.past || std::ranges::none_of(names, leads_there)) continue;
    ROOST_CO_TRY(area.account, co_await open_day(session, area.prefix, std::nullopt));
    area.snapshot = area.account->snapshot();
  }
  co_return Result<>{};
}

std::vector<Bytes> subscribed_past(const Session& session) {
  std::vector<Bytes> names;
  session.account().snapshot()->for_each_subscription([&](const std::string& name) {
    if (lies_in_history(session, name)) names.push_back(name);
    return true;
  });
  return names;
}

const Area* area_of(const std::vector<Area>& areas, BytesView name, BytesView& local) {
  // No prefix begins with another, but for the own one, which is empty.
  const Area& last = *--std::ranges::upper_bound(areas, name, {}, &Area::prefix);
  if (name.starts_with(last.prefix) && !last.prefix.empty()) {
    local = name.substr(last.prefix.size());
    return &last;
  }
  if (name.starts_with(kOtherUsers)) return nullptr;
  local = name;
  return &areas.front();
}

std::optional<mail::Mailbox> find_listed(const std::vector<Area>& areas, BytesView name) {
  BytesView local;
  const Area* area = area_of(areas, name, local);
  return area == nullptr ? std::nullopt : find_visible(*area->account, *area->snapshot, local);
}

imap::ListRow area_row(const std::vector<Area>& areas, BytesView name) {
  BytesView local;
  const Area* area = area_of(areas, name, local);
  Bytes below = Bytes(name) + imap::kHierarchySeparator;
  auto first = std::ranges::lower_bound(areas, below, {}, &Area::prefix);
  bool above_areas = first != areas.end() && first->prefix.starts_with(below);
  imap::ListRow row{.name = Bytes(name), .non_existent = true};
  if (area != nullptr) row = mailbox_row(*area->account, *area->snapshot, area->prefix, local);
  if (above_areas) row.has_children = true;
  return row;
}

std::optional<BytesView> prefix_within(const Area& area, BytesView fixed_prefix) {
  if (fixed_prefix.starts_with(area.prefix)) return fixed_prefix.substr(area.prefix.size());
  if (BytesView(area.prefix).starts_with(fixed_prefix)) return BytesView();
  return std::nullopt;
}

}  // namespace roost::imapd
