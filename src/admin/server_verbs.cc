// roost status, roost check, roost checkpoint.
#include <fmt/format.h>

#include <array>

#include "admin/check.h"
#include "admin/verb_run.h"

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

// All accounts, or one; every difference is said, and the verb fails if there is any.
task<Result<>> run_check(VerbRun run) {
  CheckReport total;
  ROOST_CO_TRY(std::vector<AccountId> ids, co_await accounts_to_check(run, total));
  Json problems = Json::array();
  for (const std::string& problem : total.problems) problems.push_back({{"account", nullptr}, {"problem", problem}});
  for (AccountId id : ids) {
    CheckReport report = co_await check_account(run.services, id);
    for (const std::string& problem : report.problems) {
      co_await run.say(fmt::format("account {}: {}\n", id.value, problem));
      problems.push_back({{"account", id.value}, {"problem", problem}});
    }
    total.add(report);
  }
  co_await run.say(summary(ids.size(), total));
  Json json = to_json(ids.size(), total);
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

constexpr std::array kVerbs = {
    Verb{{"status", "", {}, "Show whether the server is up, and what it is doing."}, run_status},
    Verb{{"check", "[ACCOUNT]", {}, "Recompute everything in the store from scratch and compare; reads every message."},
         run_check},
    Verb{{"checkpoint", "ACCOUNT", {}, "Write an account's checkpoint and collect what is dead, now."}, run_checkpoint},
};

}  // namespace

std::span<const Verb> server_verbs() { return kVerbs; }

}  // namespace roost::admin
