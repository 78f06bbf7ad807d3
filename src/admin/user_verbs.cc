// roost user …: who may log in.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "admin/account_changes.h"
#include "admin/removed_accounts.h"
#include "admin/verb_run.h"

namespace roost::admin {
namespace {

// What mail programs look for, so that they need not make folders of their own under different names (RFC 6154).
constexpr std::array<std::string_view, 5> kDefaultMailboxes = {"Archive", "Drafts", "Junk", "Sent", "Trash"};

task<Result<>> create_default_mailboxes(accounts::Account& account) {
  for (std::string_view name : kDefaultMailboxes) {
    std::string mailbox(name);
    mail::CreateMailbox create{mailbox, {mailbox}};
    ROOST_CO_TRY_VOID(co_await account.execute(std::move(create)));
    mail::Subscribe subscribe{mailbox, true};
    ROOST_CO_TRY_VOID(co_await account.execute(std::move(subscribe)));
  }
  mail::Subscribe inbox{"INBOX", true};
  ROOST_CO_TRY_VOID(co_await account.execute(std::move(inbox)));
  co_return Result<>{};
}

task<Result<>> make_account(VerbRun run, AccountId id) {
  ROOST_CO_TRY(auto account, co_await run.services.accounts.open(id));
  if (!run.request.has("no-mailboxes")) ROOST_CO_TRY_VOID(co_await create_default_mailboxes(*account));
  co_return Result<>();
}

// The mailboxes are made before the name exists, so that nobody ever logs in to half an account.
task<Result<>> run_user_add(VerbRun run) {
  std::string name = run.argument(0);
  ROOST_CO_TRY_VOID(co_await settle_accounts(run.services));
  ROOST_CO_TRY(auto existing, co_await run.services.authenticator.find_user(name));
  if (existing) co_return no(Code::already_exists, fmt::format("The user '{}' exists already", name));
  ROOST_CO_TRY(AccountId id, co_await run.services.store.new_account_id());
  ROOST_CO_TRY(AccountChange change, co_await AccountChange::begin(run.services, id, name));
  auto made = co_await make_account(run, id);
  if (!made) co_return Fail(made.error());
  auto added = co_await run.services.authenticator.add_user(name, id, auth::Secret(run.request.input));
  if (!added) {
    (void)co_await change.remove();  // if that fails too, it is settled later
    co_return Fail(added.error());
  }
  ROOST_CO_TRY_VOID(co_await change.keep());
  co_await run.say(fmt::format("Added {}.\n", added->name));
  Json json = {{"name", added->name}, {"account", added->account.value}};
  co_await run.print(std::move(json));
  co_return Result<>{};
}

task<Result<>> run_user_passwd(VerbRun run) {
  ROOST_CO_TRY_VOID(co_await run.services.authenticator.set_password(run.argument(0), auth::Secret(run.request.input)));
  co_await run.say(fmt::format("The password of {} is changed.\n", run.argument(0)));
  co_return Result<>{};
}

task<Result<>> set_disabled(VerbRun run, bool disabled) {
  ROOST_CO_TRY_VOID(co_await run.services.authenticator.set_disabled(run.argument(0), disabled));
  co_await run.say(fmt::format("{} may {}log in.\n", run.argument(0), disabled ? "no longer " : ""));
  co_return Result<>{};
}

task<Result<>> run_user_disable(VerbRun run) { return set_disabled(run, true); }
task<Result<>> run_user_enable(VerbRun run) { return set_disabled(run, false); }

// The name goes from the directory, and from then on nobody opens the account. Whatever interrupts the rest, the same
// command, or the next start of the server, goes on with it.
task<Result<>> remove_user(Services& services, std::string name) {
  ROOST_CO_TRY(auto settled, co_await settle_accounts(services));
  ROOST_CO_TRY(auto user, co_await services.authenticator.find_user(name));
  if (!user && std::ranges::find(settled, name) != settled.end()) co_return Result<>{};
  if (!user) co_return no(Code::nonexistent, fmt::format("There is no user '{}'", name));
  ROOST_CO_TRY(AccountChange change, co_await AccountChange::begin(services, user->account, user->name));
  RemovedAccount removed{user->account, user->name, services.clock.wall().seconds};
  ROOST_CO_TRY_VOID(co_await note_removed(services, std::move(removed)));
  ROOST_CO_TRY_VOID(co_await services.authenticator.remove_user(user->name));
  co_return co_await change.put_aside();
}

task<Result<>> run_user_remove(VerbRun run) {
  ROOST_CO_TRY_VOID(co_await remove_user(run.services, run.argument(0)));
  co_await run.say(fmt::format("Removed {}.\n", run.argument(0)));
  co_return Result<>{};
}

task<Result<>> run_user_list(VerbRun run) {
  std::vector<std::vector<Json>> rows;
  std::string after;
  for (;;) {
    ROOST_CO_TRY(auto users, co_await run.services.authenticator.list_users(after));
    for (const auth::UserInfo& user : users) {
      std::vector<Json> row = {user.name, user.account.value, format_time(user.created.seconds),
                               user.disabled ? "disabled" : "active"};
      rows.push_back(std::move(row));
    }
    if (users.empty()) break;
    after = users.back().name;
  }
  std::vector<std::string> titles = {"Name", "Account", "Created", "State"};
  co_await run.table(std::move(titles), std::move(rows));
  co_return Result<>{};
}

constexpr std::array kAddOptions = {OptionSyntax{"no-mailboxes", "", "Make no mailbox but INBOX."}};

constexpr std::array kVerbs = {
    Verb{{"user add", "NAME", kAddOptions, "Add a user, with INBOX, Archive, Drafts, Junk, Sent and Trash.",
          Reads::password},
         run_user_add},
    Verb{{"user passwd", "NAME", {}, "Change a user's password.", Reads::password}, run_user_passwd},
    Verb{{"user list", "", {}, "List the users."}, run_user_list},
    Verb{{"user disable", "NAME", {}, "Refuse a user's logins; mail still arrives."}, run_user_disable},
    Verb{{"user enable", "NAME", {}, "Allow a user's logins again."}, run_user_enable},
    Verb{{"user remove", "NAME", {}, "Remove a user; the mail can come back for the retention time (undelete)."},
         run_user_remove},
};

}  // namespace

std::span<const Verb> user_verbs() { return kVerbs; }

}  // namespace roost::admin
