// roost index: the search index of an account, which says which messages a search need not read.
#include <fmt/format.h>

#include <array>
#include <memory>

#include "accounts/search_index.h"
#include "admin/verb_run.h"
#include "rt/loop.h"

namespace roost::admin {
namespace {

constexpr Millis kProgressInterval{1'000};

std::string_view state_of(const accounts::IndexStatus& status) {
  if (!status.exists) return "none";
  if (!status.usable) return "of another version";
  if (!status.complete) return "being made";
  return status.records_behind == 0 ? "up to date" : "behind";
}

task<Result<>> run_index_status(VerbRun run) {
  ROOST_CO_TRY(auto account, co_await run.account(run.argument(0)));
  ROOST_CO_TRY(auto status, co_await accounts::index_status(account));
  mail::SnapshotPtr snapshot = account->snapshot();
  Json json = {{"state", state_of(status)},
               {"messages", snapshot->messages()},
               {"message_bytes", snapshot->bytes()},
               {"indexed_bodies", status.bodies},
               {"index_bytes", status.bytes},
               {"blocks", status.blocks},
               {"records_behind", status.records_behind}};
  std::string text;
  for (const auto& [key, value] : json.items()) {
    text += fmt::format("{:<20}{}\n", key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  co_await run.say(std::move(text));
  co_await run.print(std::move(json));
  co_return Result<>{};
}

// What is being made, and whoever tells how far it is.
struct Rebuilding {
  std::shared_ptr<accounts::Errand> errand = std::make_shared<accounts::Errand>();
  std::optional<Result<>> result;
};

task<> rebuild(accounts::AccountPtr account, std::shared_ptr<Rebuilding> rebuilding) {
  rebuilding->result = co_await accounts::rebuild_index(account, rebuilding->errand);
}

task<Result<>> run_index_rebuild(VerbRun run) {
  ROOST_CO_TRY(auto account, co_await run.account(run.argument(0)));
  auto rebuilding = std::make_shared<Rebuilding>();
  rt::Loop& loop = *rt::Loop::current();
  rt::spawn(loop, rebuild(account, rebuilding));
  uint32_t told = 0;
  while (!rebuilding->result) {
    co_await loop.sleep(kProgressInterval);
    const accounts::Errand& errand = *rebuilding->errand;
    if (errand.done() == told) continue;
    told = errand.done();
    co_await run.say(fmt::format("{} of {} messages\n", told, errand.goal()));
  }
  ROOST_CO_TRY_VOID(*rebuilding->result);
  co_await run.say(fmt::format("The search index of {} is made.\n", run.argument(0)));
  co_return Result<>{};
}

task<Result<>> run_index_drop(VerbRun run) {
  ROOST_CO_TRY(auto account, co_await run.account(run.argument(0)));
  ROOST_CO_TRY_VOID(co_await accounts::drop_index(account));
  co_await run.say(fmt::format("The search index of {} is gone.\n", run.argument(0)));
  co_return Result<>{};
}

constexpr std::array kVerbs = {
    Verb{{"index status", "ACCOUNT", {}, "Show how far an account's search index is, and what it takes."},
         run_index_status},
    Verb{{"index rebuild", "ACCOUNT", {}, "Make it anew, telling how far it is."}, run_index_rebuild},
    Verb{{"index drop", "ACCOUNT", {}, "Remove it; if indexes are kept, the next message makes it anew."},
         run_index_drop},
};

}  // namespace

std::span<const Verb> index_verbs() { return kVerbs; }

}  // namespace roost::admin
