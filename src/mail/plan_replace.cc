#include "mail/planning.h"

namespace roost::mail {

// One operation, so one record and one MODSEQ: nobody ever sees both messages, or neither (RFC 8508 3.4).
PlanOutcome plan_one(Planning& planning, const Replace& operation) {
  ROOST_PLAN_TRY(const MailboxState* from, planning.mailbox(operation.from, Code::nonexistent));
  ROOST_PLAN_TRY(const MailboxState* to, planning.mailbox(operation.to, Code::try_create));
  ROOST_PLAN_CHECK(planning.require(*to, Right::insert, Code::try_create));
  ROOST_PLAN_CHECK(planning.require(*from, Right::delete_messages | Right::expunge));
  UidSet replaced = UidSet::single(operation.uid);
  Need need;
  add_missing_pages(*from, replaced, true, need.pages);
  if (!need.pages.empty()) return need;
  QuotaUsage removed;
  for_each_live_row(*from, replaced, [&](const Chunk& chunk, uint32_t row, const HotRow&) {
    removed = {.bytes = chunk.cold_row(row).size, .messages = 1};
  });
  if (removed.messages == 0) return refusal(Code::expunge_issued, "The message to be replaced is gone.");

  std::vector<Planned::Body> bodies;
  ROOST_PLAN_TRY(Appended result, plan_arrival(planning, *to, std::span(&operation.message, 1), bodies, removed));
  planning.add(ExpungeEffect{from->id, std::move(replaced)});
  plan_trace_floor(planning, *from, 1, result.modseq);
  Planned planned = planning.finish(result);
  planned.bodies = std::move(bodies);
  return planned;
}

}  // namespace roost::mail
