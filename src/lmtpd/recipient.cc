#include "lmtpd/recipient.h"

#include <algorithm>

#include "base/flags.h"

namespace roost::lmtpd {
namespace {

struct Candidate {
  std::string name;
  std::string detail;
};

// Every login name that the address may mean, the most specific first.
std::vector<Candidate> candidates(const LmtpConfig& config, const Address& address) {
  std::vector<Candidate> out;
  bool local = address.domain.empty() || std::ranges::any_of(config.local_domains, [&](const std::string& domain) {
                 return equals_ignoring_case(domain, address.domain);
               });
  auto add = [&](const std::string& user, const std::string& detail) {
    if (!address.domain.empty()) out.push_back({user + "@" + address.domain, detail});
    if (local) out.push_back({user, detail});
  };
  add(address.local, "");
  size_t delimiter = address.local.find(config.detail_delimiter);
  if (delimiter != std::string::npos && delimiter > 0) {
    add(address.local.substr(0, delimiter), address.local.substr(delimiter + 1));
  }
  return out;
}

// RFC 4314 2.1: "p". Whoever sends is not known, so it is the owner's right that counts, or everybody's.
bool may_be_posted_to(const mail::Mailbox& mailbox) {
  Rights granted = mail::granted(mailbox.acl(), mail::kOwnerIdentifier) | mail::granted(mailbox.acl(), mail::kAnyone);
  return granted.has(Right::post);
}

}  // namespace

task<Result<std::optional<Recipient>>> find_recipient(auth::Authenticator& authenticator, const LmtpConfig& config,
                                                      Address address) {
  for (Candidate& candidate : candidates(config, address)) {
    ROOST_CO_TRY(auto user, co_await authenticator.find_user(candidate.name));
    if (user) co_return Recipient{std::move(address), std::move(candidate.detail), user->account};
  }
  co_return std::optional<Recipient>();
}

task<Result<>> check_room(accounts::Accounts& accounts, AccountId id, uint64_t size) {
  auto account = co_await accounts.open(id);
  if (!account) co_return Result<>{};
  mail::SnapshotPtr snapshot = (*account)->snapshot();
  mail::QuotaUsage added{.bytes = std::max<uint64_t>(size, 1), .messages = 1};
  co_return mail::check_quota(snapshot->quota(accounts.config().limits.quota), snapshot->usage(), added);
}

std::string mailbox_for(const mail::Snapshot& snapshot, const std::string& detail) {
  if (detail.empty()) return "INBOX";
  auto mailbox = snapshot.find(detail);
  bool takes_mail = mailbox && !mailbox->noselect() && may_be_posted_to(*mailbox);
  return takes_mail ? detail : "INBOX";
}

}  // namespace roost::lmtpd
