#include "mail/planning.h"

namespace roost::mail {

PlanOutcome plan(const Snapshot& snapshot, const Operation& operation, const PlanContext& context) {
  Planning planning(snapshot, context);
  return std::visit([&planning](const auto& one) { return plan_one(planning, one); }, operation);
}

Result<ModSeq> Planning::take_modseq() {
  if (state_.modseq.value >= uint64_t{INT64_MAX}) return no(Code::limit, "The account has no MODSEQ left");
  modseq_ = state_.modseq.next();
  return modseq_;
}

Result<const MailboxState*> Planning::mailbox(const MailboxRef& ref, Code absent) const {
  const MailboxId* id = std::get_if<MailboxId>(&ref);
  if (id == nullptr) id = state_.names.find(std::get<std::string>(ref));
  const MailboxPtr* found = id != nullptr ? state_.mailboxes.find(*id) : nullptr;
  if (found == nullptr || (*found)->noselect) return no(absent, "No such mailbox.");
  return found->get();
}

Result<> Planning::require(const MailboxState& mailbox, Rights needed, Code absent) const {
  Rights rights = rights_on(mailbox);
  if ((rights & needed) == needed) return {};
  if (!rights.has(Right::lookup)) return no(absent, "No such mailbox.");
  return no(Code::no_perm, "You do not have the right to do that");
}

Planned Planning::finish(OperationResult result) const {
  Planned planned{{}, std::move(result), {}};
  if (effects_.empty()) return planned;
  write_effect(planned.effects.encoded, StampEffect{modseq_, now()});
  for (const Effect& effect : effects_) write_effect(planned.effects.encoded, effect);
  return planned;
}

bool Planning::add_seen(const MailboxState& mailbox, AccountId user, UidSet uids, bool seen) {
  if (uids.empty()) return true;
  // A run that is cut in two is one more beside the new one.
  seen_runs_ += 2 * uids.range_count();
  if (mailbox.seen.runs() + seen_runs_ > limits().own_seen_runs_per_mailbox_max) return false;
  add(SeenEffect{mailbox.id, user, std::move(uids), seen});
  return true;
}

void plan_trace_floor(Planning& planning, const MailboxState& mailbox, uint64_t count, ModSeq modseq) {
  uint64_t count_max = planning.limits().traces_per_mailbox_max;
  ModSeq floor = count > count_max ? modseq : mailbox.traces.floor_for(count, count_max);
  if (floor > mailbox.traces.floor()) planning.add(TraceFloorEffect{mailbox.id, floor});
}

}  // namespace roost::mail
