#include "mail/planning.h"

namespace roost::mail {
namespace {

// Of `within`, what lies in chunks that have a message with \Deleted.
UidSet in_chunks_with_deleted(const MailboxState& mailbox, const UidSet& within) {
  UidSet chunks;
  for (const ChunkPtr& chunk : mailbox.chunks) {
    if (chunk->deleted > 0) chunks.append(UidRange{chunk->uid_min, chunk->uid_max});
  }
  return chunks.intersect(within);
}

}  // namespace

PlanOutcome plan_one(Planning& planning, const Expunge& operation) {
  ROOST_PLAN_TRY(const MailboxState* mailbox, planning.mailbox(operation.mailbox, Code::nonexistent));
  ROOST_PLAN_CHECK(planning.require(*mailbox, Right::expunge));
  static const UidSet kAll{{Uid(1), Uid(UINT32_MAX)}};
  UidSet candidates = in_chunks_with_deleted(*mailbox, operation.only ? *operation.only : kAll);
  Need need;
  add_missing_pages(*mailbox, candidates, true, need.pages);
  if (!need.pages.empty()) return need;

  Expunged result;
  for_each_live_row(*mailbox, candidates, [&](const Chunk&, uint32_t, const HotRow& row) {
    if (row.flags.has(SystemFlag::deleted)) result.uids.append(row.uid);
  });
  if (result.uids.empty()) return planning.finish(std::move(result));
  ROOST_PLAN_TRY(result.modseq, planning.take_modseq());
  planning.add(ExpungeEffect{mailbox->id, result.uids});
  plan_trace_floor(planning, *mailbox, result.uids.range_count(), result.modseq);
  return planning.finish(std::move(result));
}

}  // namespace roost::mail
