#include <set>

#include "mail/planning.h"

namespace roost::mail {
namespace {

struct CopySource {
  UidSet uids;
  std::set<KeywordSet> sets;
  UidSet stripped;  // copies whose source has a flag that they may not have
  uint64_t bytes = 0;
};

CopySource scan(const MailboxState& from, const UidSet& uids, SystemFlags permitted, Uid first_copy) {
  CopySource out;
  Uid copy = first_copy;
  KeywordSet last;
  for_each_live_row(from, uids, [&](const Chunk& chunk, uint32_t index, const HotRow& row) {
    out.uids.append(row.uid);
    if (!(row.flags & ~permitted).empty()) out.stripped.append(copy);
    copy = copy.next();
    out.bytes += chunk.cold_row(index).size;
    if (row.keywords != last) out.sets.insert(row.keywords);
    last = row.keywords;
  });
  return out;
}

// The same keywords in the target's own numbers; none where they are not `permitted`.
Result<std::vector<std::pair<KeywordSet, KeywordSet>>> translate(const MailboxState& from, const CopySource& source,
                                                                 bool permitted, KeywordPlan& target) {
  std::vector<std::pair<KeywordSet, KeywordSet>> pairs;
  for (KeywordSet set : source.sets) {
    std::vector<std::string> names;
    if (!permitted) {
      pairs.emplace_back(set, KeywordSet());
      continue;
    }
    for (uint16_t index : from.keywords->set(set)) names.push_back(from.keywords->names()[index]);
    ROOST_TRY(KeywordIndexes indexes, target.indexes(names));
    ROOST_TRY(KeywordSet there, target.set(indexes));
    if (there != set) pairs.emplace_back(set, there);
  }
  return pairs;
}

// The uids that messages of `source` get in the target, of those that are in `some`.
UidSet copies_of(const UidSet& some, const UidSet& source, Uid first_copy) {
  UidSet copies;
  uint32_t next = first_copy.value;
  auto range = some.begin();
  for (const UidRange& from : source) {
    for (; range != some.end() && range->first <= from.last; ++range) {
      auto at = [&](Uid uid) { return Uid(next + (uid.value - from.first.value)); };
      copies.append(UidRange{at(range->first), at(range->last)});
    }
    next += static_cast<uint32_t>(from.count());
  }
  return copies;
}

// Each user's own \Seen goes with the messages, as far as there is room for it.
void add_own_seen(Planning& planning, const MailboxState& from, const MailboxState& to, const UidSet& source,
                  bool actor_may) {
  from.seen.for_each([&](AccountId user, const SeenColumn& column) {
    if (user == planning.actor().own_seen && !actor_may) return;
    UidSet copies = copies_of(column.seen_among(source), source, to.uidnext);
    (void)planning.add_seen(to, user, std::move(copies), true);
  });
}

// RFC 4314 4 and, for MOVE, RFC 6851 4.2. `from` is selected, so that it may be read has been seen to.
Result<> check_rights(const Planning& planning, const Copy& operation, const MailboxState& from,
                      const MailboxState& to) {
  ROOST_TRY_VOID(planning.require(to, Right::insert, Code::try_create));
  if (!operation.move) return {};
  return planning.require(from, Right::delete_messages | Right::expunge);
}

}  // namespace

PlanOutcome plan_one(Planning& planning, const Copy& operation) {
  ROOST_PLAN_TRY(const MailboxState* from, planning.mailbox(operation.from, Code::nonexistent));
  ROOST_PLAN_TRY(const MailboxState* to, planning.mailbox(operation.to, Code::try_create));
  ROOST_PLAN_CHECK(check_rights(planning, operation, *from, *to));
  const Rights rights = planning.rights_on(*to);
  const bool may_mark_seen = rights.has(Right::seen);
  SystemFlags permitted = changeable_flags(rights);
  // Whoever has a \Seen of his own has no say in the other one.
  if (planning.actor().own_seen.value != 0) permitted |= SystemFlag::seen;
  Need need;
  add_missing_pages(*from, operation.uids, true, need.pages);
  if (!need.pages.empty()) return need;

  CopySource source = scan(*from, operation.uids, permitted, to->uidnext);
  Copied result{to->id, to->uidvalidity, source.uids, {}, ModSeq(0)};
  uint64_t count = source.uids.count();
  if (operation.all_or_none && count < operation.uids.count()) {
    return refusal(Code::expunge_issued, "Some of the messages have been deleted.");
  }
  if (count == 0) return planning.finish(std::move(result));
  if (!operation.move) {
    if (auto fits = planning.check_quota({.bytes = source.bytes, .messages = count}); !fits) return fits.error();
  }
  if (count > UINT32_MAX - to->uidnext.value) return refusal(Code::limit, "The mailbox has no UIDs left");
  result.target = {{to->uidnext, Uid(static_cast<uint32_t>(to->uidnext.value + count - 1))}};
  ROOST_PLAN_TRY(result.modseq, planning.take_modseq());

  CopyEffect effect{from->id, source.uids, to->id, to->uidnext, operation.move, {}};
  if (from != to || !may_change_keywords(rights)) {
    KeywordPlan keywords(*to, planning.limits());
    ROOST_PLAN_TRY(effect.sets, translate(*from, source, may_change_keywords(rights), keywords));
    keywords.add_to(planning);
  }
  planning.add(std::move(effect));
  if (!source.stripped.empty()) planning.add(FlagsEffect{to->id, std::move(source.stripped), permitted, {}, {}});
  add_own_seen(planning, *from, *to, result.source, may_mark_seen);
  if (operation.move) plan_trace_floor(planning, *from, result.source.range_count(), result.modseq);
  return planning.finish(std::move(result));
}

}  // namespace roost::mail
