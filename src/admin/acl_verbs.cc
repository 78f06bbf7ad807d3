// roost mailbox acl, grant, revoke: who may do what with a mailbox (RFC 4314).
#include <fmt/format.h>

#include <array>

#include "admin/verb_run.h"
#include "auth/name.h"

namespace roost::admin {
namespace {

// A user's account, and his name as the directory spells it.
struct Owner {
  std::string name;
  accounts::AccountPtr account;
};

task<Result<Owner>> owner_of(VerbRun run) {
  ROOST_CO_TRY(auto account, co_await run.account(run.argument(0)));
  ROOST_CO_TRY(auto user, co_await run.services.authenticator.find_user(run.argument(0)));
  co_return Owner{user ? user->name : run.argument(0), std::move(account)};
}

task<Result<>> run_mailbox_acl(VerbRun run) {
  ROOST_CO_TRY(Owner owner, co_await owner_of(run));
  mail::SnapshotPtr snapshot = owner.account->snapshot();
  auto mailbox = snapshot->find(run.argument(1));
  if (!mailbox) co_return no(Code::nonexistent, fmt::format("There is no mailbox '{}'", run.argument(1)));
  std::vector<std::vector<Json>> rows;
  for (const mail::AclEntry& entry : mailbox->acl()) {
    bool is_owner = entry.identifier == mail::kOwnerIdentifier;
    rows.push_back({is_owner ? owner.name : entry.identifier, entry.rights.spelled()});
  }
  std::vector<std::string> titles = {"Identifier", "Rights"};
  co_await run.table(std::move(titles), std::move(rows));
  co_return Result<>{};
}

// As it is kept: src/mail/acl.h.
Result<std::string> kept_identifier(const Owner& owner, std::string_view identifier) {
  bool negative = identifier.starts_with('-');
  auto prepared = auth::canonical_name(identifier.substr(negative ? 1 : 0));
  if (!prepared || prepared->empty()) return no(Code::cannot, fmt::format("'{}' is not an identifier", identifier));
  if (negative) return "-" + *prepared;
  return *prepared == owner.name ? std::string(mail::kOwnerIdentifier) : *prepared;
}

task<Result<>> change(VerbRun run, mail::SetAcl operation) {
  ROOST_CO_TRY(Owner owner, co_await owner_of(run));
  ROOST_CO_TRY(operation.identifier, kept_identifier(owner, run.argument(2)));
  operation.mailbox = run.argument(1);
  std::string identifier = operation.identifier;
  accounts::Grant grant{.account = owner.account->id(), .owner = owner.name};
  accounts::Accounts& accounts = run.services.accounts;
  if (!operation.rights.empty()) ROOST_CO_TRY_VOID(co_await accounts.note_grant(identifier, grant));
  ROOST_CO_TRY_VOID(co_await owner.account->execute(std::move(operation)));
  ROOST_CO_TRY_VOID(co_await accounts.settle_grant(identifier, grant, owner.account));
  mail::SnapshotPtr snapshot = owner.account->snapshot();
  auto mailbox = snapshot->find(run.argument(1));
  std::string rights = mailbox ? mail::granted(mailbox->acl(), identifier).spelled() : std::string();
  co_await run.say(
      fmt::format("{} has {} on {}.\n", run.argument(2), rights.empty() ? "no rights" : rights, run.argument(1)));
  Json json = {{"identifier", run.argument(2)}, {"rights", rights}};
  co_await run.print(std::move(json));
  co_return Result<>{};
}

task<Result<>> run_mailbox_grant(VerbRun run) {
  mail::SetAcl operation;
  std::string_view rights = run.argument(3);
  if (rights.starts_with('+')) {
    operation.how = mail::SetAcl::How::add;
    rights.remove_prefix(1);
  }
  auto parsed = parse_rights(rights);
  if (!parsed) {
    co_return no(Code::cannot, fmt::format("'{}' are not rights: they are some of lrswipkxtea", run.argument(3)));
  }
  operation.rights = *parsed;
  co_return co_await change(run, std::move(operation));
}

task<Result<>> run_mailbox_revoke(VerbRun run) { return change(run, mail::SetAcl()); }

constexpr std::array kVerbs = {
    Verb{{"mailbox acl", "ACCOUNT MAILBOX", {}, "Show who may do what with a mailbox."}, run_mailbox_acl},
    Verb{{"mailbox grant",
          "ACCOUNT MAILBOX IDENTIFIER RIGHTS",
          {},
          "Let a user (or anyone, authuser) do with a mailbox what RIGHTS say, or with +RIGHTS that as well."},
         run_mailbox_grant},
    Verb{{"mailbox revoke", "ACCOUNT MAILBOX IDENTIFIER", {}, "Take all rights away that were granted to one."},
         run_mailbox_revoke},
};

}  // namespace

std::span<const Verb> acl_verbs() { return kVerbs; }

}  // namespace roost::admin
