// roost status, roost check, roost checkpoint.
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <set>

#include "admin/account_repair.h"
#include "admin/check.h"
#include "admin/verb_run.h"
#include "store/salvage.h"

namespace roost::admin {
namespace {

task<Result<>> run_status(VerbRun run) {
  ROOST_CO_TRY(auto space, co_await run.services.store.space());
  auto accounts = co_await run.services.store.accounts();  // an error where the store is damaged
  bool up = static_cast<bool>(run.services.status);
  ServerStatus status = up ? run.services.status() : ServerStatus{};
  Json json = {{"server", up ? "up" : "down"}, {"accounts", nullptr}, {"free_bytes", space.free_bytes}};
  if (accounts) json["accounts"] = accounts->size();
  if (up) {
    json["started"] = format_time(status.started);
    json["connections"] = status.connections;
    json["logged_in"] = status.logged_in;
    json["idling"] = status.idling;
    json["open_accounts"] = status.accounts.open;
    json["open_account_bytes"] = status.accounts.bytes;
    json["commits"] = status.accounts.commits;
    json["checkpoints"] = status.accounts.checkpoints;
    json["unindexed_accounts"] = status.accounts.unindexed;
  }
  std::string text;
  for (const auto& [key, value] : json.items()) {
    std::string shown = value.is_null() ? "not known" : value.is_string() ? value.get<std::string>() : value.dump();
    text += fmt::format("{:<20}{}\n", key, shown);
  }
  co_await run.say(std::move(text));
  co_await run.print(std::move(json));
  co_return Result<>{};
}

task<Result<std::vector<AccountId>>> accounts_of_users(VerbRun run) {
  std::vector<AccountId> ids;
  std::string after;
  for (;;) {
    ROOST_CO_TRY(auto users, co_await run.services.authenticator.list_users(after));
    if (users.empty()) break;
    for (const auth::UserInfo& user : users) ids.push_back(user.account);
    after = users.back().name;
  }
  co_return ids;
}

// Where the store cannot list them, those that somebody may log in to, and that it cannot is a problem too.
task<Result<std::vector<AccountId>>> accounts_to_check(VerbRun run, CheckReport& report) {
  if (run.request.arguments.empty()) {
    auto stored = co_await run.services.store.accounts();
    if (stored) co_return stored;
    report.problem("the store cannot list its accounts: " + stored.error().text);
    co_await run.say(report.problems.back() + "\n");
    co_return co_await accounts_of_users(run);
  }
  ROOST_CO_TRY(auto user, co_await run.services.authenticator.find_user(run.argument(0)));
  if (!user) co_return no(Code::nonexistent, fmt::format("There is no user '{}'", run.argument(0)));
  co_return std::vector<AccountId>(1, user->account);
}

std::string summary(size_t accounts, const CheckReport& total) {
  std::string text =
      fmt::format("Checked {} accounts, {} mailboxes, {} messages, {} cards, {} bodies ({} bytes): {}.\n", accounts,
                  total.mailboxes, total.messages, total.cards, total.bodies, total.body_bytes,
                  total.problems.empty() ? "all is well" : "not all is well");
  if (total.orphans > 0) text += fmt::format("{} bodies belong to no message.\n", total.orphans);
  return text;
}

Json to_json(size_t accounts, const CheckReport& total) {
  return {{"accounts", accounts},       {"mailboxes", total.mailboxes}, {"messages", total.messages},
          {"cards", total.cards},       {"bodies", total.bodies},       {"body_bytes", total.body_bytes},
          {"retained", total.retained}, {"orphans", total.orphans}};
}

// Tables of the store that are damaged, even where nothing that is needed lies there: the next compaction meets it.
task<> check_files(VerbRun run, CheckReport& report) {
  auto damaged = co_await run.services.store.damaged_files();
  if (!damaged) damaged = std::vector<std::string>(1, "its files cannot be read: " + damaged.error().text);
  for (const std::string& one : *damaged) {
    report.problem("the store: " + one);
    co_await run.say(report.problems.back() + "\n");
  }
}

// Accounts of which the salvage of the store's tables says that their log may lack its end.
task<Result<std::set<AccountId>>> shortened_accounts(VerbRun run) {
  ROOST_CO_TRY(auto names, co_await run.services.store.list_names(std::string(store::kShortenedAccounts)));
  std::set<AccountId> ids;
  for (const auto& name : names) ids.insert(AccountId(std::strtoull(name.name.c_str(), nullptr, 10)));
  co_return ids;
}

task<Result<>> say_what_was_salvaged(VerbRun run, Json& repairs) {
  ROOST_CO_TRY(auto findings, co_await run.services.store.list_names(std::string(store::kSalvageFindings)));
  for (const auto& finding : findings) {
    co_await run.say("repaired: " + finding.value + "\n");
    repairs.push_back({{"account", nullptr}, {"repair", finding.value}});
  }
  co_return Result<>{};
}

task<Result<>> release_all(store::AccountStore& store, std::string space) {
  ROOST_CO_TRY(auto names, co_await store.list_names(space));
  for (const auto& name : names) {
    auto released = co_await store.release_name(space, name.name);
    if (!released) co_return Fail(released.error());
  }
  co_return Result<>{};
}

task<Result<>> repair_one(VerbRun run, AccountId id, bool went_back, Json& repairs) {
  ROOST_CO_TRY(AccountRepairReport report, co_await repair_account(run.services, id, went_back));
  ROOST_CO_TRY_VOID(co_await recover_bodies(run.services, id, report));
  ROOST_CO_TRY_VOID(co_await repair_search_index(run.services, id, report));
  for (const std::string& one : report.said) {
    co_await run.say(fmt::format("repaired: account {}: {}\n", id.value, one));
    repairs.push_back({{"account", id.value}, {"repair", one}});
  }
  co_return Result<>{};
}

// Before any account is open. What cannot be repaired is found, and said, by the check that follows.
task<Result<>> repair_all(VerbRun run, Json& repairs) {
  if (run.services.status) co_return no(Code::in_use, "the server is running; stop it first: a repair needs the store");
  if (!run.request.arguments.empty()) co_return no(Code::cannot, "a repair is of the whole store; name no account");
  ROOST_CO_TRY_VOID(co_await say_what_was_salvaged(run, repairs));
  ROOST_CO_TRY(auto shortened, co_await shortened_accounts(run));
  ROOST_CO_TRY(auto ids, co_await run.services.store.accounts());
  std::set<AccountId> all(ids.begin(), ids.end());
  all.insert(shortened.begin(), shortened.end());
  bool failed = false;
  for (AccountId id : all) {
    auto repaired = co_await repair_one(run, id, shortened.contains(id), repairs);
    if (repaired) continue;
    failed = failed || shortened.contains(id);
    co_await run.say(fmt::format("account {} cannot be repaired: {}\n", id.value, repaired.error().text));
  }
  // Else the next repair must know of them again.
  if (failed) co_return no(Code::corruption, "The repair is not finished");
  ROOST_CO_TRY_VOID(co_await release_all(run.services.store, std::string(store::kShortenedAccounts)));
  co_return co_await release_all(run.services.store, std::string(store::kSalvageFindings));
}

// Every difference is said.
task<Result<>> check_all(VerbRun run, CheckReport& total, Json& problems, size_t& accounts) {
  if (run.request.arguments.empty()) co_await check_files(run, total);
  ROOST_CO_TRY(std::vector<AccountId> ids, co_await accounts_to_check(run, total));
  for (const std::string& problem : total.problems) problems.push_back({{"account", nullptr}, {"problem", problem}});
  for (AccountId id : ids) {
    CheckReport report = co_await check_account(run.services, id);
    for (const std::string& problem : report.problems) {
      co_await run.say(fmt::format("account {}: {}\n", id.value, problem));
      problems.push_back({{"account", id.value}, {"problem", problem}});
    }
    total.add(report);
  }
  accounts = ids.size();
  co_return Result<>{};
}

// All accounts, or one; the verb fails if there is any difference.
task<Result<>> run_check(VerbRun run) {
  bool repair = run.request.has("repair");
  Json repairs = Json::array();
  if (repair) ROOST_CO_TRY_VOID(co_await repair_all(run, repairs));
  CheckReport total;
  Json problems = Json::array();
  size_t accounts = 0;
  ROOST_CO_TRY_VOID(co_await check_all(run, total, problems, accounts));
  co_await run.say(summary(accounts, total));
  Json json = to_json(accounts, total);
  if (repair) json["repairs"] = std::move(repairs);
  json["problems"] = std::move(problems);
  co_await run.print(std::move(json));
  if (total.problems.empty()) co_return Result<>{};
  co_return no(Code::corruption,
               fmt::format("{} problem{} found", total.problems.size(), total.problems.size() == 1 ? "" : "s"));
}

task<Result<>> run_checkpoint(VerbRun run) {
  ROOST_CO_TRY(auto account, co_await run.account(run.argument(0)));
  ROOST_CO_TRY_VOID(co_await run.services.accounts.maintain(account->id()));
  co_await run.say(fmt::format("The checkpoint of {} is written.\n", run.argument(0)));
  co_return Result<>{};
}

constexpr std::array kCheckOptions = {
    OptionSyntax{"repair", "", "Name what is lost, set it aside, and make the rest whole; without a server."}};

constexpr std::array kVerbs = {
    Verb{{"status", "", {}, "Show whether the server is up, and what it is doing."}, run_status},
    Verb{{"check", "[ACCOUNT]", kCheckOptions,
          "Recompute everything in the store from scratch and compare; reads every message."},
         run_check},
    Verb{{"checkpoint", "ACCOUNT", {}, "Write an account's checkpoint and collect what is dead, now."}, run_checkpoint},
};

}  // namespace

std::span<const Verb> server_verbs() { return kVerbs; }

}  // namespace roost::admin
