// QUOTA (RFC 9208): GETQUOTA, GETQUOTAROOT and, for administrators, SETQUOTA. Each account is one quota root, named
// after its user: "#user/alice"; what others put into it counts there as well. What is over quota is refused by the
// account's own planning (mail/quota.h).
#include "imapd/features/quota.h"

#include <algorithm>

#include "base/log.h"
#include "imap/quota.h"
#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/history_tree.h"
#include "imapd/place.h"
#include "mail/quota.h"

namespace roost::imapd {
namespace {

using imap::QuotaResource;

constexpr std::string_view kRootPrefix = "#user/";

bool is_administrator(const Session& session) {
  const std::vector<std::string>& names = session.config().administrators;
  return std::ranges::find(names, session.user()) != names.end();
}

std::string root_of(BytesView user) { return std::string(kRootPrefix).append(user); }
std::string own_root(const Session& session) { return root_of(session.user()); }

// The user's own, or for administrators anybody's. One answer to everybody else: it does not tell which users there
// are.
task<Result<accounts::AccountPtr>> account_of(Session& session, Bytes root) {
  if (root == own_root(session)) co_return session.account_ptr();
  if (!is_administrator(session)) co_return no(Code::no_perm, "That is no quota root of yours.");
  if (!root.starts_with(kRootPrefix)) co_return no(Code::nonexistent, "There is no such quota root.");
  std::string name = root.substr(kRootPrefix.size());
  ROOST_CO_TRY(auto user, co_await session.services().authenticator.find_user(std::move(name)));
  if (!user) co_return no(Code::nonexistent, "There is no such quota root.");
  co_return co_await session.services().accounts.open(user->account);
}

const mail::QuotaLimits& default_limits(Session& session) { return session.services().accounts.config().limits.quota; }

void write_state(Session& session, BytesView root, const mail::Snapshot& snapshot) {
  const mail::QuotaLimits& limits = snapshot.quota(default_limits(session));
  mail::QuotaUsage usage = snapshot.usage();
  std::vector<imap::QuotaState> states;
  auto add = [&states](QuotaResource resource, uint64_t used, const std::optional<uint64_t>& limit) {
    if (limit) states.push_back({.resource = resource, .usage = used, .limit = *limit});
  };
  add(QuotaResource::storage, mail::in_kib(usage.bytes), limits.storage_kib);
  add(QuotaResource::message, usage.messages, limits.messages);
  add(QuotaResource::mailbox, usage.mailboxes, limits.mailboxes);
  add(QuotaResource::annotation_storage, mail::in_kib(usage.annotation_bytes), limits.annotation_kib);
  imap::write_quota(session.buffer(), root, states);
}

task<Result<Completion>> run_get_quota(Session& session, imap::Command& command) {
  const auto& get = std::get<imap::GetQuota>(command.body);
  ROOST_CO_TRY(accounts::AccountPtr account, co_await account_of(session, get.root));
  write_state(session, get.root, *account->snapshot());
  co_return done("GETQUOTA completed.");
}

// The mailbox need not exist (4.1.2); another user's must, and be readable: how much there is, is told with it (6).
task<Result<Completion>> run_get_quota_root(Session& session, imap::Command& command) {
  const auto& get = std::get<imap::GetQuotaRoot>(command.body);
  ROOST_CO_TRY(Place place, co_await find_place(session, get.mailbox));
  mail::SnapshotPtr snapshot = place.account->snapshot();
  if (!place.own()) ROOST_CO_TRY_VOID(mailbox_with(*place.account, *snapshot, place.name, Right::read));
  if (lies_in_history(session, get.mailbox)) {  // what was counts for no quota (4.3.3)
    imap::write_quota_root(session.buffer(), get.mailbox, {}, session.dialect().utf8_names);
    co_return done("GETQUOTAROOT completed.");
  }
  const std::string roots[] = {root_of(place.owner)};
  imap::write_quota_root(session.buffer(), get.mailbox, roots, session.dialect().utf8_names);
  write_state(session, roots[0], *snapshot);
  co_return done("GETQUOTAROOT completed.");
}

// What is not named has no limit any more (4.1.3).
mail::QuotaLimits limits_of(const imap::SetQuota& set) {
  mail::QuotaLimits limits;
  for (const imap::SetQuota::Limit& one : set.limits) {
    switch (one.resource) {
      case QuotaResource::storage: limits.storage_kib = one.limit; break;
      case QuotaResource::message: limits.messages = one.limit; break;
      case QuotaResource::mailbox: limits.mailboxes = one.limit; break;
      case QuotaResource::annotation_storage: limits.annotation_kib = one.limit; break;
    }
  }
  return limits;
}

task<Result<Completion>> run_set_quota(Session& session, imap::Command& command) {
  const auto& set = std::get<imap::SetQuota>(command.body);
  if (!is_administrator(session)) co_return no(Code::no_perm, "Quotas are set by administrators.");
  ROOST_CO_TRY(accounts::AccountPtr account, co_await account_of(session, set.root));
  mail::SetQuota operation{limits_of(set)};
  ROOST_CO_TRY_VOID(co_await account->execute(std::move(operation)));
  log::info("quota_set", {{"root", set.root}, {"by", session.user()}});
  write_state(session, set.root, *account->snapshot());
  co_return done("SETQUOTA completed.");
}

bool is_nearly_full(Session& session) {
  mail::SnapshotPtr snapshot = session.account().snapshot();
  return mail::is_nearly_full(snapshot->quota(default_limits(session)), snapshot->usage(),
                              session.config().quota_warning_percent);
}

// RFC 9208 4.3.1: the selected mailbox exceeds a soft quota. No ALERT, which a client would show its user for each of
// its connections.
void warn_at_select(Session& session, const imap::Select&, const mail::Mailbox&) {
  bool& told = session.quota_warnings().select_told;
  // RFC 9208 8: nothing of quotas to anonymous users.
  bool own = session.selected_account().id() == session.account().id() && !session.is_read_only();
  if (told || !own || !is_nearly_full(session)) return;
  told = true;
  imap::write_untagged(session.buffer(), imap::Condition::no, imap::code_of(Code::over_quota),
                       "The account is nearly full.");
}

constexpr Capability kCapabilities[] = {{"QUOTA", kLoggedIn},
                                        {"QUOTASET", kLoggedIn},
                                        {"QUOTA=RES-STORAGE", kLoggedIn},
                                        {"QUOTA=RES-MESSAGE", kLoggedIn},
                                        {"QUOTA=RES-MAILBOX", kLoggedIn},
                                        {"QUOTA=RES-ANNOTATION-STORAGE", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::status_deleted_storage};

constexpr CommandRow kCommands[] = {
    {imap::Verb::get_quota, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_get_quota},
    {imap::Verb::get_quota_root, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes,
     run_get_quota_root},
    {imap::Verb::set_quota, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_set_quota},
};

}  // namespace

void tell_soft_quota(Session& session, AccountId added_to) {
  bool& told = session.quota_warnings().soft_told;
  if (told || added_to != session.account().id() || !is_nearly_full(session)) return;
  told = true;
  imap::write_untagged(session.buffer(), imap::Condition::no, imap::code_of(Code::over_quota),
                       "The account is nearly full.");
}

constinit const Feature kQuota = {.name = "quota",
                                  .capabilities = kCapabilities,
                                  .commands = kCommands,
                                  .grammar = kGrammar,
                                  .at_select = warn_at_select};

}  // namespace roost::imapd
