// CREATE, DELETE and RENAME. A mailbox's superiors are always there: made with it, and kept as \Noselect.
#include "mail/creation.h"
#include "mail/mailbox_path.h"
#include "mail/planning.h"
#include "mail/special_use.h"

namespace roost::mail {
namespace {

const UidSet kAllUids{{Uid(1), Uid(UINT32_MAX)}};

// RFC 4314 4: "k" on the nearest name above; at the top, the account must be one's own. What is refused does not tell
// whether the names are there.
Result<> check_creation(const Planning& planning, std::string_view name) {
  size_t end = name.rfind(kSeparator);
  const MailboxState* above =
      end == std::string_view::npos ? nullptr : nearest_mailbox(planning.state(), name.substr(0, end));
  bool own = planning.actor().system || planning.actor().owner;
  if (above == nullptr ? own : planning.rights_on(*above).has(Right::create_mailboxes)) return {};
  return no(Code::no_perm, "You do not have the right to create mailboxes there");
}

// To somebody who may not know of the mailbox it is as if creating were not allowed.
Error already_there(const Planning& planning, const MailboxState& mailbox) {
  if (planning.rights_on(mailbox).has(Right::lookup)) return refusal(Code::already_exists, "The mailbox exists");
  return refusal(Code::no_perm, "You do not have the right to create mailboxes there");
}

// RFC 6154 3: a use that cannot be given is NO [USEATTR], and nothing is created.
Result<std::vector<std::string>> free_special_uses(const AccountState& state, const std::vector<std::string>& asked) {
  ROOST_TRY(std::vector<std::string> uses, known_special_uses(asked));
  bool taken = false;
  auto shares_none = [&](MailboxId, const MailboxPtr& mailbox) {
    taken = other_special_uses(*mailbox, uses).size() != mailbox->label->special_use.size();
    return !taken;
  };
  if (!uses.empty()) state.mailboxes.for_each(shares_none);
  if (taken) return no(Code::use_attr, "Another mailbox has this special use");
  return uses;
}

// Whether every name of the tree is allowed in its new place.
Result<> check_renamed_tree(const Planning& planning, const std::string& from, const std::string& to) {
  Result<> verdict = check_mailbox_name(to, planning.limits());
  std::string below = from + kSeparator;
  planning.state().names.for_each_from(below, [&](const std::string& name, MailboxId) {
    if (!name.starts_with(below) || !verdict) return false;
    verdict = check_mailbox_name(to + name.substr(from.size()), planning.limits());
    return true;
  });
  return verdict;
}

// RFC 9051 6.3.6: INBOX's messages move to a new mailbox, its children stay.
PlanOutcome plan_rename_inbox(Planning& planning, const MailboxState& inbox, const std::string& to) {
  ROOST_PLAN_TRY(ModSeq modseq, planning.take_modseq());
  Creation creation(planning);
  if (auto made = creation.create_superiors(to); !made) return std::move(made).error();
  ROOST_PLAN_TRY(Created target, creation.take());
  planning.add(RenameInboxEffect{inbox.id, target.mailbox, target.uidvalidity, to});
  plan_trace_floor(planning, inbox, 1, modseq);
  return planning.finish(Done{});
}

}  // namespace

PlanOutcome plan_one(Planning& planning, const CreateMailbox& operation) {
  std::string name(without_trailing_separator(operation.name));
  if (auto sound = check_mailbox_name(name, planning.limits()); !sound) return std::move(sound).error();
  const MailboxState* there = find_mailbox(planning.state(), name);
  ROOST_PLAN_CHECK(check_creation(planning, name));
  if (there != nullptr && !there->noselect) return already_there(planning, *there);
  ROOST_PLAN_TRY(std::vector<std::string> uses, free_special_uses(planning.state(), operation.special_use));
  Creation creation(planning);
  if (auto made = creation.create_superiors(name); !made) return std::move(made).error();
  ROOST_PLAN_TRY(Created created, creation.create(name, std::move(uses)));
  return planning.finish(created);
}

PlanOutcome plan_one(Planning& planning, const DeleteMailbox& operation) {
  const MailboxState* mailbox = find_mailbox(planning.state(), operation.name);
  if (mailbox == nullptr) return refusal(Code::nonexistent, "No such mailbox.");
  ROOST_PLAN_CHECK(planning.require(*mailbox, Right::delete_mailbox));
  if (operation.name == kInbox) return refusal(Code::cannot, "INBOX cannot be deleted");
  bool has_children = planning.snapshot().has_children(operation.name);
  // RFC 9051 6.3.5; by its example a \Noselect name that lost its last child stays until it is deleted itself.
  if (has_children && mailbox->noselect) return refusal(Code::has_children, "The name has children");
  Need need;
  add_missing_pages(*mailbox, kAllUids, true, need.pages);
  if (!need.pages.empty()) return need;
  planning.add(DeleteEffect{mailbox->id, has_children});
  return planning.finish(Done{});
}

PlanOutcome plan_one(Planning& planning, const RenameMailbox& operation) {
  std::string to(without_trailing_separator(operation.to));
  const MailboxState* mailbox = find_mailbox(planning.state(), operation.from);
  if (mailbox == nullptr) return refusal(Code::nonexistent, "No such mailbox.");
  ROOST_PLAN_CHECK(planning.require(*mailbox, Right::delete_mailbox));
  ROOST_PLAN_CHECK(check_creation(planning, to));
  if (const MailboxState* there = find_mailbox(planning.state(), to)) return already_there(planning, *there);
  if (to.starts_with(operation.from + kSeparator) && operation.from != kInbox) {
    return refusal(Code::cannot, "A mailbox cannot become its own child");
  }
  if (operation.from == kInbox) {
    if (auto sound = check_mailbox_name(to, planning.limits()); !sound) return std::move(sound).error();
    return plan_rename_inbox(planning, *mailbox, to);
  }
  if (auto sound = check_renamed_tree(planning, operation.from, to); !sound) return std::move(sound).error();
  Creation creation(planning);
  if (auto made = creation.create_superiors(to); !made) return std::move(made).error();
  planning.add(RenameEffect{operation.from, to});
  return planning.finish(Done{});
}

}  // namespace roost::mail
