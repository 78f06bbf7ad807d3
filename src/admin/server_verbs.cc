// roost status, roost check, roost checkpoint.
#include <fmt/format.h>

#include <array>

#include "admin/check.h"
#include "admin/verb_run.h"

namespace roost::admin {
namespace {

task<Result<>> run_status(VerbRun run) {
  ROOST_CO_TRY(auto space, co_await run.services.store.space());
  ROOST_CO_TRY(auto accounts, co_await run.services.store.accounts());
  bool up = static_cast<bool>(run.services.status);
  ServerStatus status = up ? run.services.status() : ServerStatus{};
  Json json = {{"server", up ? "up" : "down"}, {"accounts", accounts.size()}, {"free_bytes", space.free_bytes}};
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
    text += fmt::format("{:<20}{}\n", key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  co_await run.say(std::move(text));
  co_await run.print(std::move(json));
  co_return Result<>{};
}

task<Result<std::vector<AccountId>>> accounts_to_check(VerbRun run) {
  if (run.request.arguments.empty()) co_return co_await run.services.store.accounts();
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
  ROOST_CO_TRY(std::vector<AccountId> ids, co_await accounts_to_check(run));
  CheckReport total;
  Json problems = Json::array();
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
