// SETMETADATA (RFC 5464 4.3), and special uses by way of it (RFC 6154 4).
#include <set>

#include "mail/metadata.h"
#include "mail/planning.h"
#include "mail/special_use.h"

namespace roost::mail {
namespace {

const Metadata& metadata_of(const AccountState& state, MailboxId id) {
  static const Metadata kNone;
  const MetadataPtr* found = state.metadata.find(id);
  return found != nullptr ? **found : kNone;
}

// Whether somebody has more entries than are allowed, and more than before.
bool has_too_many(const Metadata& before, const Metadata& after, const std::set<AccountId>& users, size_t count_max) {
  for (AccountId user : users) {
    size_t count = after.count(user);
    if (count > count_max && count > before.count(user)) return true;
  }
  return false;
}

// False: too many entries.
Result<bool> plan_entries(Planning& planning, MailboxId id, const std::vector<SetMetadata::Entry>& entries) {
  const AccountState& state = planning.state();
  const Metadata& before = metadata_of(state, id);
  Metadata after = before;
  MetadataEffect effect{id, {}};
  std::set<AccountId> users;
  for (const SetMetadata::Entry& entry : entries) {
    Metadata::Value value = entry.value ? std::make_shared<const Bytes>(*entry.value) : nullptr;
    if (!after.set({entry.user, entry.name}, std::move(value))) continue;
    users.insert(entry.user);
    effect.entries.push_back({entry.user, entry.name, entry.value});
  }
  if (effect.entries.empty()) return true;
  if (has_too_many(before, after, users, planning.limits().metadata_entries_max)) return false;
  bool grows = after.bytes > before.bytes;
  if (grows && state.metadata_bytes - before.bytes + after.bytes > planning.limits().metadata_bytes_per_account_max) {
    return no(Code::over_quota, "The account has too many annotations");
  }
  ROOST_TRY_VOID(planning.check_quota({.annotation_bytes = after.bytes}, {.annotation_bytes = before.bytes}));
  planning.add(std::move(effect));
  return true;
}

// The mailbox gets the uses, and those that had one of them lose it (RFC 6154 5.4).
Result<> plan_special_use(Planning& planning, const MailboxState& mailbox, const std::vector<std::string>& asked,
                          MetadataSet& result) {
  ROOST_TRY(std::vector<std::string> uses, known_special_uses(asked));
  if (!uses.empty() && mailbox.noselect) return no(Code::use_attr, "The name is no mailbox");
  planning.state().mailboxes.for_each([&](MailboxId id, const MailboxPtr& other) {
    if (id == mailbox.id || other->label->special_use.empty()) return true;
    std::vector<std::string> left = other_special_uses(*other, uses);
    if (left.size() == other->label->special_use.size()) return true;
    planning.add(SpecialUseEffect{id, std::move(left)});
    result.lost_use.push_back(id);
    return true;
  });
  if (mailbox.label->special_use != uses) planning.add(SpecialUseEffect{mailbox.id, std::move(uses)});
  return {};
}

// RFC 5464 3.3
Result<> check_rights(const Planning& planning, const MailboxState& mailbox) {
  ROOST_TRY_VOID(planning.require(mailbox, Right::lookup));
  if (planning.rights_on(mailbox).has_any(kRightsToAnnotate)) return {};
  return no(Code::no_perm, "You do not have the right to annotate the mailbox");
}

}  // namespace

PlanOutcome plan_one(Planning& planning, const SetMetadata& operation) {
  const MailboxState* mailbox = nullptr;
  if (operation.mailbox) {
    const AccountState& state = planning.state();
    const MailboxId* id = state.names.find(*operation.mailbox);
    if (id == nullptr) return refusal(Code::nonexistent, "No such mailbox.");
    mailbox = state.mailboxes.find(*id)->get();
    ROOST_PLAN_CHECK(check_rights(planning, *mailbox));
  }
  // RFC 7162 3.2.1: a mailbox's MODSEQ grows with its annotations.
  ROOST_PLAN_TRY(ModSeq modseq, planning.take_modseq());
  MetadataSet result{.modseq = modseq};
  ROOST_PLAN_TRY(bool few, plan_entries(planning, mailbox != nullptr ? mailbox->id : MailboxId(0), operation.entries));
  if (!few) return Planned{{}, MetadataSet{.too_many = true}, {}};
  if (mailbox != nullptr && operation.special_use) {
    auto planned = plan_special_use(planning, *mailbox, *operation.special_use, result);
    if (!planned) return std::move(planned).error();
  }
  return planning.finish(std::move(result));
}

}  // namespace roost::mail
