#include "mail/creation.h"

#include <tuple>

#include "mail/mailbox_path.h"

namespace roost::mail {

const MailboxState* find_mailbox(const AccountState& state, std::string_view name) {
  const MailboxId* id = state.names.find(name);
  return id != nullptr ? state.mailboxes.find(*id)->get() : nullptr;
}

const MailboxState* nearest_mailbox(const AccountState& state, std::string_view name) {
  std::vector<std::string> names = superiors_of(name);
  names.emplace_back(name);
  const MailboxState* found = nullptr;
  for (const std::string& one : names) {
    if (const MailboxState* there = find_mailbox(state, one)) found = there;
  }
  return found;
}

Creation::Creation(Planning& planning, bool heeds_quota)
    : planning_(planning),
      id_(planning.state().next_mailbox),
      uidvalidity_(planning.state().next_uidvalidity),
      heeds_quota_(heeds_quota) {}

Result<Created> Creation::create(std::string name, std::vector<std::string> special_use) {
  ROOST_TRY(Created made, take());
  const MailboxState* above = nearest_mailbox(planning_.state(), name);
  made_.insert(name);
  planning_.add(CreateEffect{made.mailbox, made.uidvalidity, std::move(name), std::move(special_use)});
  // RFC 4314 4: a new mailbox has the ACL of the one above it.
  if (above != nullptr && above->acl) planning_.add(AclEffect{made.mailbox, *above->acl});
  return made;
}

Result<> Creation::create_superiors(std::string_view name) {
  for (std::string& superior : superiors_of(name)) {
    if (planning_.state().names.contains(superior) || made_.contains(superior)) continue;
    ROOST_TRY(std::ignore, create(std::move(superior), {}));
  }
  return {};
}

Result<Created> Creation::take() {
  size_t made = id_.value - planning_.state().next_mailbox.value;
  if (planning_.state().mailboxes.size() + made >= planning_.limits().mailboxes_max) {
    return no(Code::limit, "The account has too many mailboxes");
  }
  if (heeds_quota_) ROOST_TRY_VOID(planning_.check_quota({.mailboxes = made + 1}));
  if (uidvalidity_ == UINT32_MAX) return no(Code::limit, "The account has no UIDVALIDITY left");
  Created created{id_, UidValidity(uidvalidity_++)};
  id_ = id_.next();
  return created;
}

}  // namespace roost::mail
