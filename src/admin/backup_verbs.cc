// roost freeze, roost thaw, and the server's part of roost restore. The files themselves are the command's own matter
// (main/): the server can neither read nor write outside of its store.
#include <fmt/format.h>

#include <array>
#include <charconv>

#include "admin/account_changes.h"
#include "admin/random_password.h"
#include "admin/restore.h"
#include "admin/verb_run.h"
#include "auth/name.h"

namespace roost::admin {
namespace {

std::string copy_of(VerbRun run) {
  return std::string(run.request.has(std::string(kForBackupOption)) ? kBackupCopy : kOthersCopy);
}

task<Result<>> run_freeze(VerbRun run) {
  ROOST_CO_TRY(std::string path, co_await run.services.store.freeze(copy_of(run)));
  co_await run.say(fmt::format("Frozen in {}.\n", path));
  co_return Result<>();
}

task<Result<>> run_thaw(VerbRun run) {
  ROOST_CO_TRY_VOID(co_await run.services.store.thaw(copy_of(run)));
  co_await run.say("The frozen copy is gone.\n");
  co_return Result<>();
}

task<Result<>> run_backup(VerbRun) { co_return no(Code::cannot, "A backup is made by the command itself"); }

// What the command found in the backup, beside what was typed.
struct Source {
  AccountId account;
  LostTime lost;
  std::string staged;
};

Result<Source> source_of(const Request& request) {
  auto number = [&](std::string_view option) -> int64_t {
    auto found = request.options.find(std::string(option));
    int64_t value = -1;
    if (found == request.options.end()) return value;
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
    return value;
  };
  int64_t account = number(kBackupAccountOption);
  int64_t time = number(kBackupTimeOption);
  int64_t restores = number(kBackupRestoresOption);
  if (!request.has(std::string(kStagedOption)) || account <= 0 || time < 0 || restores < 0 || restores > UINT32_MAX) {
    return no(Code::cannot, "A restore is begun by the command itself");
  }
  LostTime lost{.since = time, .restores_before = static_cast<uint32_t>(restores)};
  return Source{AccountId(static_cast<uint64_t>(account)), lost, request.options.at(std::string(kStagedOption))};
}

// The mail is there before the user is: interrupted in between, nothing is.
task<Result<>> restore_removed_user(VerbRun run, StagedStore& staged, Source source, std::string typed) {
  Services& services = run.services;
  ROOST_CO_TRY(std::string name, auth::new_name(typed));
  ROOST_CO_TRY_VOID(co_await settle_accounts(services));
  ROOST_CO_TRY(AccountId id, co_await services.store.new_account_id());
  ROOST_CO_TRY(AccountChange change, co_await AccountChange::begin(services, id, name));
  ImportedAccount account{source.account, id, name};
  auto imported = co_await import_account(run, staged, std::move(account), source.lost);
  if (!imported) {
    (void)co_await change.remove();  // if that fails too, it is settled later
    co_return Fail(imported.error());
  }
  ROOST_CO_TRY_VOID(co_await services.authenticator.add_user(name, id, auth::Secret(random_password())));
  ROOST_CO_TRY_VOID(co_await change.keep());
  co_await run.say(fmt::format("Set a password with roost user passwd {}.\n", name));
  if (*imported == 0) co_return Result<>();
  co_return no(Code::corruption, fmt::format("{} bodies of the backup are damaged", *imported));
}

task<Result<>> restore_from(VerbRun run, StagedStore& staged, Source source) {
  std::string name = run.argument(1);
  std::optional<std::string> mailbox;
  if (run.request.arguments.size() > 2) mailbox = run.argument(2);
  ROOST_CO_TRY(auto user, co_await run.services.authenticator.find_user(name));
  if (!user && mailbox) co_return no(Code::nonexistent, fmt::format("There is no user '{}'", name));
  if (!user) co_return co_await restore_removed_user(run, staged, source, std::move(name));
  co_return co_await merge_account(run, staged, source.account, *std::move(user), std::move(mailbox));
}

// One at a time: two would bring the same messages back twice. A restore goes on when its command has gone.
struct Restoring {
  explicit Restoring(Services& services) : flag(services.restoring), first(!flag->exchange(true)) {}
  Restoring(const Restoring&) = delete;
  Restoring& operator=(const Restoring&) = delete;
  ~Restoring() {
    if (first) *flag = false;
  }

  std::shared_ptr<std::atomic<bool>> flag;
  bool first;
};

task<Result<>> run_restore(VerbRun run) {
  ROOST_CO_TRY(Source source, source_of(run.request));
  if (run.request.arguments.size() < 2) co_return no(Code::cannot, "The server must be down to restore everything");
  Restoring restoring(run.services);
  if (!restoring.first) co_return no(Code::in_use, "A restore that was begun before is still under way");
  ROOST_CO_TRY(auto staged, co_await run.services.open_staged(source.staged));
  auto done = co_await restore_from(run, *staged, source);
  co_await staged->close();
  co_return done;
}

constexpr std::array kBackupOptions = {
    OptionSyntax{"keep", "NUMBER", "Delete older backups; keep that many."},
    OptionSyntax{"verify", "", "Read what is shared with the backup before, and copy anew what is damaged there."}};
constexpr std::array kRestoreOptions = {
    OptionSyntax{"damaged", "", "Of a backup that is damaged, bring back what there is."}};

constexpr std::array kVerbs = {
    Verb{{"backup", "DIR", kBackupOptions, "Copy all mail and users below DIR; only what is new since the last time."},
         run_backup},
    Verb{{"restore", "DIR [ACCOUNT] [MAILBOX]", kRestoreOptions,
          "Bring back everything, an account's mail or one mailbox's from the newest backup in DIR, or from that "
          "backup."},
         run_restore},
    Verb{{"freeze", "", {}, "Make a copy of the store, of links, for a backup program."}, run_freeze},
    Verb{{"thaw", "", {}, "Delete that copy."}, run_thaw},
};

}  // namespace

std::span<const Verb> backup_verbs() { return kVerbs; }

}  // namespace roost::admin
