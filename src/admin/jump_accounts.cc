#include <algorithm>

#include "admin/restore.h"

namespace roost::admin {
namespace {

// Of one mailbox: a fortnight at the pace of a migration, and then at that of a very busy one.
constexpr uint64_t kUidsPerSecond = 100;
constexpr uint64_t kUidsFastSeconds = uint64_t{14} * 24 * 3600;
constexpr uint64_t kUidsPerSecondLater = 1;
constexpr uint64_t kModseqsPerSecond = 100'000;

// Users who are not of the backup, but stayed, have numbers that the store of the backup has not given out yet.
task<Result<>> pass_numbers_of_users(Services& services) {
  AccountId last;
  for (std::string after;;) {
    ROOST_CO_TRY(auto users, co_await services.authenticator.list_users(after));
    if (users.empty()) break;
    for (const auth::UserInfo& user : users) last = std::max(last, user.account);
    after = users.back().name;
  }
  AccountId given;
  while (given < last) {
    ROOST_CO_TRY(given, co_await services.store.new_account_id());
  }
  co_return Result<>();
}

}  // namespace

// More with every second: what is brought back a second time jumps further than the first time.
mail::Jump jump_over(const LostTime& lost, int64_t now) {
  auto seconds = static_cast<uint64_t>(std::max<int64_t>(now - lost.since, 0));
  uint64_t times = uint64_t{1} + lost.restores_before;
  uint64_t fast = std::min(seconds, kUidsFastSeconds);
  auto at_most = [](uint64_t number) { return static_cast<uint32_t>(std::min<uint64_t>(number, UINT32_MAX)); };
  mail::JumpDistance least;
  uint64_t uids = least.uids * times + fast * kUidsPerSecond + (seconds - fast) * kUidsPerSecondLater;
  return {.distance = {.uids = at_most(uids),
                       .modseqs = least.modseqs * times + seconds * kModseqsPerSecond,
                       .uidvalidities = at_most(least.uidvalidities * times + seconds)},
          .uidvalidity_min = at_most(static_cast<uint64_t>(now))};
}

task<Result<>> jump_all_accounts(Services& services, LostTime lost) {
  ROOST_CO_TRY_VOID(co_await pass_numbers_of_users(services));
  ROOST_CO_TRY(auto ids, co_await services.store.accounts());
  for (AccountId id : ids) {
    ROOST_CO_TRY(auto account, co_await services.accounts.open(id));
    mail::Jump jump = jump_over(lost, services.clock.wall().seconds);
    ROOST_CO_TRY_VOID(co_await account->execute(std::move(jump)));
  }
  co_return Result<>();
}

}  // namespace roost::admin
