// After a restore: every counter goes on beyond what the time that is lost can have used.
#include <algorithm>

#include "mail/planning.h"

namespace roost::mail {
namespace {

const UidSet kAllUids{{Uid(1), Uid(UINT32_MAX)}};

JumpEffect jump_of(const AccountState& state, const Jump& operation) {
  uint32_t uidvalidity = jumped(state.next_uidvalidity, operation.distance.uidvalidities);
  return {.modseq = ModSeq(state.modseq.value + operation.distance.modseqs + 1),
          .next_mailbox = MailboxId(state.next_mailbox.value + kMailboxIdsJumped),
          .next_uidvalidity = std::max(uidvalidity, operation.uidvalidity_min),
          .next_blob = state.next_blob + kBlobsJumped,
          .uidnexts = {}};
}

}  // namespace

PlanOutcome plan_one(Planning& planning, const Jump& operation) {
  const AccountState& state = planning.state();
  uint64_t left = uint64_t{INT64_MAX} - std::max({state.modseq.value, state.next_mailbox.value, state.next_blob});
  if (std::max(operation.distance.modseqs, kBlobsJumped) >= left) {
    return refusal(Code::limit, "The account has no numbers left");
  }
  JumpEffect jump = jump_of(state, operation);
  Need need;
  state.mailboxes.for_each([&](MailboxId id, const MailboxPtr& mailbox) {
    if (mailbox->noselect) return true;
    add_missing_pages(*mailbox, kAllUids, false, need.pages);
    jump.uidnexts.emplace_back(id, Uid(jumped(mailbox->uidnext.value, operation.distance.uids)));
    return true;
  });
  if (!need.pages.empty()) return need;
  ModSeq modseq = jump.modseq;
  planning.add(std::move(jump));
  state.mailboxes.for_each([&](MailboxId, const MailboxPtr& mailbox) {
    if (!mailbox->noselect) plan_trace_floor(planning, *mailbox, 1, modseq);
    return true;
  });
  return planning.finish(Done{});
}

}  // namespace roost::mail
