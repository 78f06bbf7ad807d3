// roost user app-password …: a password for each device of a user.
#include <fmt/format.h>

#include <array>

#include "admin/verb_run.h"

namespace roost::admin {
namespace {

constexpr int64_t kSecondsPerDay = 86'400;

std::string day_text(uint32_t day) {
  if (day == 0) return "never";
  return format_time(int64_t{day} * kSecondsPerDay).substr(0, std::string_view("2026-05-01").size());
}

task<Result<>> run_add(VerbRun run) {
  ROOST_CO_TRY(auto made, co_await run.services.authenticator.add_app_password(run.argument(0), run.argument(1)));
  std::string password(made.password.view());
  co_await run.say(fmt::format("{}\n", password));
  Json json = {{"device", made.info.device}, {"password", password}};
  co_await run.print(std::move(json));
  co_return Result<>{};
}

task<Result<>> run_list(VerbRun run) {
  ROOST_CO_TRY(auto passwords, co_await run.services.authenticator.list_app_passwords(run.argument(0)));
  std::vector<std::vector<Json>> rows;
  for (const auth::AppPasswordInfo& app : passwords) {
    std::vector<Json> row = {format_time(app.created.seconds), day_text(app.used_day), app.device};
    rows.push_back(std::move(row));
  }
  std::vector<std::string> titles = {"Created", "Last used", "Device"};
  co_await run.table(std::move(titles), std::move(rows));
  co_return Result<>{};
}

task<Result<>> run_remove(VerbRun run) {
  ROOST_CO_TRY(auto removed, co_await run.services.authenticator.remove_app_password(run.argument(0), run.argument(1)));
  if (run.services.end_sessions_by) run.services.end_sessions_by(removed.id);
  co_await run.say(fmt::format("Removed the app password of {} for {}.\n", run.argument(0), removed.device));
  co_return Result<>{};
}

constexpr std::array kVerbs = {
    Verb{{"user app-password add", "NAME DEVICE", {}, "Make a password for one device, and print it this once."},
         run_add},
    Verb{{"user app-password list", "NAME", {}, "List a user's app passwords, and the days they were last used."},
         run_list},
    Verb{{"user app-password remove", "NAME DEVICE", {}, "Remove an app password, and end the sessions it began."},
         run_remove},
};

}  // namespace

std::span<const Verb> app_password_verbs() { return kVerbs; }

}  // namespace roost::admin
