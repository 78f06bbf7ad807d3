// SETACL and DELETEACL.
#include "mail/planning.h"

namespace roost::mail {
namespace {

Rights changed(const SetAcl& operation, Rights before) {
  switch (operation.how) {
    case SetAcl::How::replace: return operation.rights;
    case SetAcl::How::add: return before | operation.rights;
    case SetAcl::How::remove: return before & ~operation.rights;
  }
  return before;
}

}  // namespace

PlanOutcome plan_one(Planning& planning, const SetAcl& operation) {
  const MailboxId* id = planning.state().names.find(operation.mailbox);
  if (id == nullptr) return refusal(Code::nonexistent, "No such mailbox.");
  const MailboxState& mailbox = **planning.state().mailboxes.find(*id);
  ROOST_PLAN_CHECK(planning.require(mailbox, Right::administer));
  if (operation.identifier.size() > planning.limits().acl_identifier_bytes_max) {
    return refusal(Code::limit, "The identifier is too long");
  }
  Rights rights = changed(operation, granted(mailbox.access(), operation.identifier));
  Acl acl = with_entry(mailbox.access(), operation.identifier, rights);
  if (acl.size() > planning.limits().acl_entries_per_mailbox_max && acl.size() > mailbox.access().size()) {
    return refusal(Code::limit, "The access control list has too many entries");
  }
  if (acl != mailbox.access()) planning.add(AclEffect{mailbox.id, std::move(acl)});
  return planning.finish(Done{});
}

}  // namespace roost::mail
