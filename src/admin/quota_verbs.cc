// roost user quota: how much a user's account may hold, and how much it does.
#include <fmt/format.h>

#include <array>
#include <charconv>

#include "admin/verb_run.h"
#include "mail/quota.h"

namespace roost::admin {
namespace {

using Limit = std::optional<uint64_t> mail::QuotaLimits::*;

struct Resource {
  std::string_view option;  // also its name where it is shown
  Limit limit;
};
constexpr Resource kResources[] = {
    {"storage-kib", &mail::QuotaLimits::storage_kib},
    {"messages", &mail::QuotaLimits::messages},
    {"mailboxes", &mail::QuotaLimits::mailboxes},
    {"annotation-kib", &mail::QuotaLimits::annotation_kib},
};

std::array<uint64_t, std::size(kResources)> amounts(const mail::QuotaUsage& usage) {
  return {mail::in_kib(usage.bytes), usage.messages, usage.mailboxes, mail::in_kib(usage.annotation_bytes)};
}

// "none", or a number up to RFC 9208's number64.
Result<std::optional<uint64_t>> parse_limit(const Resource& resource, const std::string& text) {
  if (text == "none") return std::nullopt;
  uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value <= uint64_t{INT64_MAX}) return value;
  return no(Code::cannot, fmt::format("--{} takes a number or 'none', not '{}'", resource.option, text));
}

// What is not given stays as it is.
Result<std::optional<mail::SetQuota>> requested(const Request& request, mail::QuotaLimits limits) {
  std::optional<mail::SetQuota> out;
  for (const Resource& resource : kResources) {
    auto given = request.options.find(std::string(resource.option));
    if (given == request.options.end()) continue;
    ROOST_TRY(limits.*resource.limit, parse_limit(resource, given->second));
    out = mail::SetQuota{limits};
  }
  if (!request.has("default")) return out;
  if (out) return no(Code::cannot, "--default stands alone: it takes the limits from the configuration");
  return mail::SetQuota{};
}

task<Result<>> run_user_quota(VerbRun run) {
  ROOST_CO_TRY(auto account, co_await run.account(run.argument(0)));
  const mail::QuotaLimits& configured = run.services.accounts.config().limits.quota;
  ROOST_CO_TRY(auto change, requested(run.request, account->snapshot()->quota(configured)));
  if (change) ROOST_CO_TRY_VOID(co_await account->execute(*std::move(change)));
  mail::SnapshotPtr snapshot = account->snapshot();
  const mail::QuotaLimits& limits = snapshot->quota(configured);
  auto used = amounts(snapshot->usage());
  std::vector<std::vector<Json>> rows;
  for (size_t i = 0; i < std::size(kResources); ++i) {
    const std::optional<uint64_t>& limit = limits.*kResources[i].limit;
    std::vector<Json> row = {kResources[i].option, used[i], limit ? Json(*limit) : Json(nullptr),
                             snapshot->has_own_quota() ? "user" : "configuration"};
    rows.push_back(std::move(row));
  }
  std::vector<std::string> titles = {"Resource", "Used", "Limit", "Set by"};
  co_await run.table(std::move(titles), std::move(rows));
  co_return Result<>{};
}

constexpr std::array kQuotaOptions = {
    OptionSyntax{"storage-kib", "LIMIT", "Messages, in units of 1024 octets: a number, or none."},
    OptionSyntax{"messages", "LIMIT", "How many messages."},
    OptionSyntax{"mailboxes", "LIMIT", "How many mailboxes."},
    OptionSyntax{"annotation-kib", "LIMIT", "Annotations, in units of 1024 octets."},
    OptionSyntax{"default", "", "The limits of the configuration, whatever they will be."},
};

constexpr std::array kVerbs = {
    Verb{{"user quota", "NAME", kQuotaOptions, "Show what an account holds and may hold, or change that."},
         run_user_quota},
};

}  // namespace

std::span<const Verb> quota_verbs() { return kVerbs; }

}  // namespace roost::admin
