// roost deleted, roost undelete, roost purge.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "accounts/grants.h"
#include "admin/account_changes.h"
#include "admin/random_password.h"
#include "admin/removed_accounts.h"
#include "admin/time_text.h"
#include "admin/verb_run.h"
#include "base/flags.h"

namespace roost::admin {
namespace {

task<Result<mail::Undeleted>> undelete(accounts::Account& account, mail::Undelete operation) {
  ROOST_CO_TRY(auto result, co_await account.execute(std::move(operation)));
  co_return std::get<mail::Undeleted>(std::move(result));
}

std::vector<Json> row_of(const mail::Undeleted::Place& place) {
  return {place.mailbox, place.deleted ? "deleted" : "there", place.messages,
          place.bytes,   format_time(place.first_left),       format_time(place.last_left)};
}

// --- deleted ---

task<Result<>> list_removed_accounts(VerbRun run) {
  ROOST_CO_TRY(auto removed, co_await removed_accounts(run.services));
  std::vector<std::vector<Json>> rows;
  for (const RemovedAccount& one : removed) {
    std::vector<Json> row = {one.name, one.account.value, format_time(one.removed)};
    rows.push_back(std::move(row));
  }
  std::vector<std::string> titles = {"Name", "Account", "Removed"};
  co_await run.table(std::move(titles), std::move(rows));
  co_return Result<>{};
}

task<Result<>> run_deleted(VerbRun run) {
  if (run.request.arguments.empty()) co_return co_await list_removed_accounts(run);
  ROOST_CO_TRY(auto account, co_await run.account(run.argument(0)));
  mail::Undelete look{{}, mail::Undelete::Which::left_since, 0, true};
  ROOST_CO_TRY(mail::Undeleted found, co_await undelete(*account, std::move(look)));
  std::vector<std::vector<Json>> rows;
  for (const auto& place : found.places) rows.push_back(row_of(place));
  std::vector<std::string> titles = {"Mailbox", "State", "Messages", "Bytes", "From", "To"};
  co_await run.table(std::move(titles), std::move(rows));
  co_return Result<>{};
}

// --- undelete ---

struct Wanted {
  mail::Undelete::Which which = mail::Undelete::Which::left_since;
  int64_t time = 0;
};

Result<Wanted> wanted_of(const VerbRun& run) {
  bool since = run.request.has("since");
  if (since == run.request.has("at")) return bad("Give either --since TIME or --at TIME");
  const std::string& text = run.request.options.at(since ? "since" : "at");
  ROOST_TRY(int64_t time, parse_time(text, run.services.clock.wall().seconds));
  return Wanted{since ? mail::Undelete::Which::left_since : mail::Undelete::Which::there_at, time};
}

// Until the last step it can be removed again, or begun again, whatever interrupts it.
task<Result<>> return_account(VerbRun run, RemovedAccount removed, std::string name) {
  Services& services = run.services;
  ROOST_CO_TRY(AccountChange change, co_await AccountChange::begin(services, removed.account, name));
  ROOST_CO_TRY_VOID(co_await services.authenticator.add_user(name, removed.account, auth::Secret(random_password())));
  ROOST_CO_TRY_VOID(co_await change.keep());
  co_await run.say(fmt::format("{} is there again; set a password with roost user passwd {}.\n", name, name));
  co_return Result<>{};
}

// As whose account it is called from now on.
std::string name_after(const VerbRun& run) {
  auto as = run.request.options.find("as");
  return as == run.request.options.end() ? run.argument(0) : as->second;
}

// The account of that name, which comes back if it was removed since.
task<Result<accounts::AccountPtr>> account_to_undelete(VerbRun run, Wanted wanted) {
  std::string name = run.argument(0);
  std::string new_name = name_after(run);
  ROOST_CO_TRY(auto user, co_await run.services.authenticator.find_user(new_name));
  if (user && new_name == name) co_return co_await run.services.accounts.open(user->account);
  if (user) co_return no(Code::already_exists, fmt::format("There is a user '{}' already", new_name));
  ROOST_CO_TRY_VOID(co_await settle_accounts(run.services));
  ROOST_CO_TRY(auto removed, co_await removed_accounts(run.services));
  auto is_it = [&](const RemovedAccount& one) {
    return equals_ignoring_case(one.name, name) && one.removed >= wanted.time;
  };
  auto found = std::ranges::find_if(removed.rbegin(), removed.rend(), is_it);
  if (found == removed.rend()) {
    co_return no(Code::nonexistent, fmt::format("There is no user '{}', and none that was removed since {}", name,
                                                format_time(wanted.time)));
  }
  AccountId id = found->account;
  ROOST_CO_TRY_VOID(co_await return_account(run, *found, new_name));
  co_return co_await run.services.accounts.open(id);
}

std::string messages_text(uint64_t count) { return fmt::format("{} message{}", count, count == 1 ? "" : "s"); }

task<> tell(VerbRun run, mail::Undeleted result) {
  uint64_t messages = 0;
  Json places = Json::array();
  for (const auto& place : result.places) {
    messages += place.messages;
    Json one = {{"mailbox", place.mailbox}, {"created", place.deleted}, {"messages", place.messages}};
    places.push_back(std::move(one));
    co_await run.say(fmt::format("{}: {}{}\n", place.mailbox, messages_text(place.messages),
                                 place.deleted ? ", and the mailbox itself" : ""));
  }
  co_await run.say(fmt::format("Brought back {}.\n", messages_text(messages)));
  if (result.lost > 0) co_await run.say(fmt::format("{} more are not kept any longer.\n", result.lost));
  Json json = {{"messages", messages}, {"lost", result.lost}, {"mailboxes", std::move(places)}};
  co_await run.print(std::move(json));
}

task<Result<>> run_undelete(VerbRun run) {
  ROOST_CO_TRY(Wanted wanted, wanted_of(run));
  ROOST_CO_TRY(auto account, co_await account_to_undelete(run, wanted));
  mail::Undelete operation{{}, wanted.which, wanted.time, false};
  if (run.request.arguments.size() > 1) operation.mailbox = run.argument(1);
  ROOST_CO_TRY(mail::Undeleted result, co_await undelete(*account, std::move(operation)));
  ROOST_CO_TRY(auto user, co_await run.services.authenticator.find_user(name_after(run)));
  if (user) ROOST_CO_TRY_VOID(co_await accounts::note_grants(run.services.accounts, account, user->name));
  co_await tell(run, std::move(result));
  co_return Result<>{};
}

// --- purge ---

task<Result<>> run_purge(VerbRun run) {
  std::string name = run.argument(0);
  ROOST_CO_TRY(auto user, co_await run.services.authenticator.find_user(name));
  if (user) ROOST_CO_TRY_VOID(co_await run.services.accounts.purge(user->account));
  ROOST_CO_TRY(auto removed, co_await removed_accounts(run.services));
  size_t accounts = 0;
  for (RemovedAccount& one : removed) {
    if (!equals_ignoring_case(one.name, name)) continue;
    ROOST_CO_TRY_VOID(co_await delete_removed(run.services, std::move(one)));
    ++accounts;
  }
  if (!user && accounts == 0) co_return no(Code::nonexistent, fmt::format("There is no user '{}'", name));
  co_await run.say(fmt::format("What {} had deleted is gone for good.\n", name));
  Json json = {{"purged", user.has_value()}, {"removed_accounts", accounts}};
  co_await run.print(std::move(json));
  co_return Result<>{};
}

constexpr std::array kUndeleteOptions = {
    OptionSyntax{"since", "TIME", "What left since then and is nowhere else: 12h, 3d, 2026-11-23T15:04 (UTC)."},
    OptionSyntax{"at", "TIME", "What each mailbox had then and does not have now."},
    OptionSyntax{"as", "NAME", "Of a removed user: the name that it comes back under."}};

constexpr std::array kVerbs = {
    Verb{{"deleted", "[ACCOUNT]", {}, "List what can come back of an account's mail, or the users that were removed."},
         run_deleted},
    Verb{{"undelete", "ACCOUNT [MAILBOX]", kUndeleteOptions,
          "Bring back messages, mailboxes or a removed user within the retention time."},
         run_undelete},
    Verb{{"purge", "ACCOUNT", {}, "Delete for good, now, all that an account could have back."}, run_purge},
};

}  // namespace

std::span<const Verb> retention_verbs() { return kVerbs; }

}  // namespace roost::admin
