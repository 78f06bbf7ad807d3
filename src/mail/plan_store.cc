#include <algorithm>
#include <iterator>
#include <map>

#include "base/planted.h"
#include "mail/planning.h"

namespace roost::mail {
namespace {

// What a STORE makes of flags and keyword sets. A set is worked out once, however many messages have it.
class StoreRule {
 public:
  // `store` names nothing that the rights do not allow to change.
  StoreRule(const Store& store, Rights rights, KeywordPlan& keywords)
      : store_(store), rights_(rights), keywords_(keywords) {}

  SystemFlags flags(SystemFlags old) const {
    switch (store_.how) {
      case StoreHow::replace: return (old & ~changeable_flags(rights_)) | store_.flags;
      case StoreHow::add: return old | store_.flags;
      case StoreHow::remove: return old & ~store_.flags;
    }
    return old;
  }

  Result<KeywordSet> keywords(KeywordSet old) {
    if (store_.keywords.empty() && store_.how != StoreHow::replace) return old;
    if (!may_change_keywords(rights_)) return old;
    auto it = sets_.find(old);
    if (it != sets_.end()) return it->second;
    ROOST_TRY(KeywordIndexes indexes, changed_indexes(keywords_.table().set(old)));
    ROOST_TRY(KeywordSet set, keywords_.set(indexes));
    sets_.emplace(old, set);
    return set;
  }

  // RFC 7162 3.1.12: of a message that has changed since, whether what the STORE names has not: all that it adds is
  // missing, or all that it removes is there. 0 asks whether it exists, as system flags always do (RFC 7162 3.1.3).
  bool finds_as_it_was(SystemFlags flags, KeywordSet keywords) {
    if (store_.flags.empty() && store_.keywords.empty()) return false;
    bool any_existing = *store_.unchanged_since == ModSeq(0) && !store_.flags.empty();
    if (store_.how == StoreHow::replace || any_existing) return false;
    if (!known_) known_ = keywords_.known_indexes(store_.keywords);
    KeywordIndexes there;
    std::ranges::set_intersection(keywords_.table().set(keywords), *known_, std::back_inserter(there));
    if (store_.how == StoreHow::add) return (flags & store_.flags).empty() && there.empty();
    bool all_there = there.size() == known_->size() && are_known();
    return (flags & store_.flags) == store_.flags && all_there && *store_.unchanged_since != ModSeq(0);
  }

  // Of the sets that were asked for, those that become another.
  std::vector<std::pair<KeywordSet, KeywordSet>> changed_sets() const {
    std::vector<std::pair<KeywordSet, KeywordSet>> out;
    for (auto pair : sets_) {
      if (pair.first != pair.second) out.emplace_back(pair);
    }
    return out;
  }

 private:
  bool are_known() const {
    return std::ranges::all_of(store_.keywords,
                               [&](const std::string& word) { return keywords_.table().find(word).has_value(); });
  }

  Result<KeywordIndexes> changed_indexes(const KeywordIndexes& old) {
    KeywordIndexes out;
    if (store_.how == StoreHow::remove) {
      std::ranges::set_difference(old, keywords_.known_indexes(store_.keywords), std::back_inserter(out));
      return out;
    }
    if (!named_) {
      ROOST_TRY(named_, keywords_.indexes(store_.keywords));
    }
    if (store_.how == StoreHow::replace) return *named_;
    std::ranges::set_union(old, *named_, std::back_inserter(out));
    return out;
  }

  const Store& store_;
  const Rights rights_;
  KeywordPlan& keywords_;
  std::optional<KeywordIndexes> named_;
  std::optional<KeywordIndexes> known_;  // of the named ones, those that any message had before
  std::map<KeywordSet, KeywordSet> sets_;
};

struct StoreScan {
  UidSet changed;
  UidSet modified;
  UidSet flags;     // of `changed`, those of which more changes than the actor's own \Seen
  UidSet own_seen;  // those of which that changes
  uint8_t changed_bits = 0;
  std::optional<Error> error;
};

StoreScan scan(const MailboxState& mailbox, const Store& store, AccountId own_seen, StoreRule& rule) {
  StoreScan out;
  const SeenColumn none{};
  const SeenColumn* column = own_seen.value != 0 ? mailbox.seen.find(own_seen) : nullptr;
  SeenCursor seen(own_seen.value != 0 && column == nullptr ? &none : column);
  for_each_live_row(mailbox, store.uids, [&](const Chunk&, uint32_t, const HotRow& row) {
    if (out.error) return;
    Hot hot = to_hot(row);
    seen.show(row.uid, hot);
    bool changed_since = store.unchanged_since && hot.modseq > *store.unchanged_since;  // RFC 7162 3.1.3
    if (planted(Bug::condition_not_tested)) changed_since = false;
    if (changed_since && !rule.finds_as_it_was(hot.flags, hot.keywords)) {
      out.modified.append(row.uid);
      return;
    }
    Result<KeywordSet> keywords = rule.keywords(row.keywords);
    if (!keywords) {
      out.error = std::move(keywords).error();
      return;
    }
    SystemFlags changes(static_cast<uint8_t>(hot.flags.bits ^ rule.flags(hot.flags).bits));
    // RFC 7162 3.1.11: what is as it shall be keeps its MODSEQ.
    if (changes.empty() && *keywords == row.keywords) return;
    out.changed.append(row.uid);
    if (own_seen.value != 0 && changes.has(SystemFlag::seen)) {
      out.own_seen.append(row.uid);
      changes &= ~SystemFlags(SystemFlag::seen);
      if (changes.empty() && *keywords == row.keywords) return;
    }
    out.changed_bits |= changes.bits;
    out.flags.append(row.uid);
  });
  return out;
}

// flags = (flags & keep) | add, saying nothing of bits that no message changes: then the fold needs no sizes unless
// \Deleted changes.
FlagsEffect effect_of(const MailboxState& mailbox, const StoreScan& scan, const StoreRule& rule) {
  SystemFlags changed(scan.changed_bits);
  return {mailbox.id, scan.flags, rule.flags(SystemFlags::all()) | ~changed, rule.flags(SystemFlags()) & changed,
          rule.changed_sets()};
}

// RFC 4314 4: what the rights allow is done, as long as that is anything at all of what is named.
Result<Store> permitted(const Planning& planning, const MailboxState& mailbox, Store store) {
  Rights rights = planning.rights_on(mailbox);
  bool names_any = !store.flags.empty() || !store.keywords.empty() || store.how == StoreHow::replace;
  store.flags &= changeable_flags(rights);
  if (!may_change_keywords(rights)) store.keywords.clear();
  bool may_replace = store.how == StoreHow::replace && !changeable_flags(rights).empty();
  if (!names_any || may_replace || !store.flags.empty() || !store.keywords.empty()) return store;
  return no(Code::no_perm, "You do not have the right to change these flags");
}

}  // namespace

PlanOutcome plan_one(Planning& planning, const Store& asked) {
  ROOST_PLAN_TRY(const MailboxState* mailbox, planning.mailbox(asked.mailbox, Code::nonexistent));
  ROOST_PLAN_TRY(const Store operation, permitted(planning, *mailbox, asked));
  Need need;
  add_missing_pages(*mailbox, operation.uids, false, need.pages);
  if (!need.pages.empty()) return need;

  KeywordPlan keywords(*mailbox, planning.limits());
  StoreRule rule(operation, planning.rights_on(*mailbox), keywords);
  const AccountId own_seen = planning.actor().own_seen;
  StoreScan found = scan(*mailbox, operation, own_seen, rule);
  if (found.error) return *std::move(found.error);
  if (found.changed.empty()) return planning.finish(Stored{{}, std::move(found.modified), ModSeq(0)});
  if (SystemFlags(found.changed_bits).has(SystemFlag::deleted)) {
    add_missing_pages(*mailbox, found.flags, true, need.pages);
    if (!need.pages.empty()) return need;
  }
  ROOST_PLAN_TRY(ModSeq modseq, planning.take_modseq());
  keywords.add_to(planning);
  if (!found.flags.empty()) planning.add(effect_of(*mailbox, found, rule));
  bool now_seen = rule.flags(SystemFlags()).has(SystemFlag::seen);  // the same of all that change
  if (!planning.add_seen(*mailbox, own_seen, std::move(found.own_seen), now_seen)) {
    return refusal(Code::limit, "Too much is kept already of what each user has seen");
  }
  return planning.finish(Stored{std::move(found.changed), std::move(found.modified), modseq});
}

}  // namespace roost::mail
