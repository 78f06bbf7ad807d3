#include <algorithm>

#include "mail/engine.h"
#include "mail/mailbox_state.h"

namespace roost::mail {
namespace {

void add_changed(const MailboxState& state, ModSeq since, MailboxDelta& delta, Need& need) {
  for (const ChunkPtr& chunk : state.chunks) {
    if (chunk->modseq_max <= since || chunk->live == 0) continue;
    if (!chunk->hot) {
      need.pages.push_back(chunk->hot_page);
      continue;
    }
    for (const HotLeaf& leaf : *chunk->hot) {
      if (leaf.modseq_max <= since) continue;
      for (const HotRow& row : leaf) {
        if (row.modseq > since && !row.dead) delta.changed.append(row.uid);
      }
    }
  }
}

// Newest first; false once one is not newer than `since`.
bool collect(std::span<const Trace> traces, ModSeq since, std::vector<UidRange>& out) {
  for (auto trace = traces.rbegin(); trace != traces.rend(); ++trace) {
    if (trace->modseq <= since) return false;
    out.push_back(trace->uids);
  }
  return true;
}

UidSet expunged_since(const Traces& traces, ModSeq since, Need& need) {
  std::vector<UidRange> ranges;
  bool more = collect(traces.young(), since, ranges);
  for (auto block = traces.sealed().rbegin(); more && block != traces.sealed().rend(); ++block) {
    if (block->modseq_max <= since) break;
    if (block->traces) {
      more = collect({block->traces->data(), block->count}, since, ranges);
    } else {
      need.pages.push_back(block->page);
    }
  }
  return UidSet::from_ranges(std::move(ranges));
}

// Too many rather than too few: whatever a client could know and is not there.
UidSet absent(const MailboxState& state, Need& need) {
  static const UidSet kAll{{Uid(1), Uid(UINT32_MAX)}};
  add_missing_pages(state, kAll, false, need.pages);
  if (!need.pages.empty() || state.uidnext.value == 1) return {};
  UidSet live;
  for_each_live_row(state, kAll, [&live](const Chunk&, uint32_t, const HotRow& row) { live.append(row.uid); });
  return UidSet{{Uid(1), Uid(state.uidnext.value - 1)}}.subtract(live);
}

}  // namespace

std::variant<MailboxDelta, Need> changes_since(const Mailbox& mailbox, ModSeq since) {
  const MailboxState& state = state_of(mailbox);
  MailboxDelta delta;
  Need need;
  delta.highest = mailbox.highest_modseq();
  if (since >= delta.highest) return delta;
  if (since < state.traces.floor()) {
    delta.expunged = absent(state, need);
  } else {
    delta.expunged = expunged_since(state.traces, since, need);
  }
  if (need.pages.empty()) add_changed(state, since, delta, need);
  if (!need.pages.empty()) return need;
  if (const SeenColumn* seen = seen_of(mailbox)) delta.changed = delta.changed.unite(seen->changed_since(since));
  return delta;
}

}  // namespace roost::mail
