// What has left comes back: expunged messages to where they were, deleted mailboxes with what they held.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "mail/creation.h"
#include "mail/departed.h"
#include "mail/keyword_table.h"

namespace roost::mail {
namespace {

// A row that may come back.
struct Candidate {
  const MailboxState* source;
  Uid uid;
  uint64_t blob;
  uint64_t bytes;
  KeywordSet keywords;
  int64_t left;
};

// Where they would come to.
struct Place {
  std::vector<Candidate> messages;
  const MailboxState* deleted = nullptr;  // the mailbox of that name that was deleted last, if there is none now
};
using Places = std::map<std::string, Place>;  // by name

class Choice {
 public:
  Choice(const AccountState& state, const Undelete& operation) : state_(state), operation_(operation) {}

  // Pages that are needed are in need() first, and gather() is to be called again with them.
  void gather() {
    std::vector<const MailboxState*> sources = wanted_sources();
    for (const MailboxState* source : sources) add_pages_of_departed(*source, need_.pages);
    if (!need_.pages.empty()) return;
    for (const MailboxState* source : sources) {
      for_each_departed(*source, [&](const Departed& one) { consider(*source, one); });
    }
    if (operation_.which == Undelete::Which::there_at) find_living();
    if (!need_.pages.empty()) return;
    for (auto& [name, place] : places_) settle(name, place.messages);
    for (const MailboxState* source : sources) consider_mailbox(*source);
    std::erase_if(places_, [](const auto& place) { return place.second.messages.empty() && !place.second.deleted; });
  }

  Need& need() { return need_; }
  const Places& places() const { return places_; }
  uint64_t lost() const { return lost_.size(); }

 private:
  std::vector<const MailboxState*> wanted_sources() const {
    std::vector<const MailboxState*> out;
    for (const auto* mailboxes : {&state_.mailboxes, &state_.deleted}) {
      mailboxes->for_each([&](MailboxId, const MailboxPtr& mailbox) {
        bool wanted = !operation_.mailbox || *operation_.mailbox == mailbox->name();
        if (wanted && !mailbox->noselect) out.push_back(mailbox.get());
        return true;
      });
    }
    return out;
  }

  void consider(const MailboxState& source, const Departed& one) {
    if (one.left < operation_.time) return;
    const ColdRow& row = one.cold();
    if (operation_.which == Undelete::Which::there_at && row.save_date > operation_.time) return;
    places_[source.name()].messages.push_back({&source, one.hot->uid, row.blob, row.size, one.hot->keywords, one.left});
    if (!is_dead(row.blob)) elsewhere_.insert(row.blob);
  }

  // One that has left comes back though there is nothing in it. Since when it was there is not known.
  void consider_mailbox(const MailboxState& source) {
    if (operation_.which != Undelete::Which::left_since || source.deleted_time == 0) return;
    if (source.deleted_time < operation_.time || is_there(source.name())) return;
    const MailboxState*& last = places_[source.name()].deleted;
    if (last == nullptr || last->deleted_time < source.deleted_time) last = &source;
  }

  bool is_there(const std::string& name) const {
    const MailboxState* there = find_mailbox(state_, name);
    return there != nullptr && !there->noselect;
  }

  bool is_dead(uint64_t blob) const { return state_.dead_blobs.find(blob) != nullptr; }

  // Bodies that are not dead are those of messages that lie elsewhere by now, or are not kept any more.
  void find_living() {
    if (elsewhere_.empty()) return;
    static const UidSet kAll{{Uid(1), Uid(UINT32_MAX)}};
    state_.mailboxes.for_each([&](MailboxId, const MailboxPtr& mailbox) {
      add_missing_pages(*mailbox, kAll, true, need_.pages);
      return true;
    });
    if (!need_.pages.empty()) return;
    state_.mailboxes.for_each([&](MailboxId, const MailboxPtr& mailbox) {
      for_each_live_row(*mailbox, kAll, [&](const Chunk& chunk, uint32_t index, const HotRow&) {
        uint64_t blob = chunk.cold_row(index).blob;
        if (elsewhere_.contains(blob)) living_[blob].insert(mailbox->name());
      });
      return true;
    });
  }

  // Each message once, as it was last; not what is there by now, nor what has no body any more.
  void settle(const std::string& name, std::vector<Candidate>& candidates) {
    std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
      return a.left != b.left ? a.left > b.left : is_before(a, b);
    });
    std::unordered_set<uint64_t> seen;
    std::erase_if(candidates, [&](const Candidate& one) { return !seen.insert(one.blob).second || !comes(name, one); });
    std::ranges::sort(candidates, is_before);
  }
  // Source by source, as they lie there.
  static bool is_before(const Candidate& a, const Candidate& b) {
    if (a.source == b.source) return a.uid < b.uid;
    return std::pair(a.source->id, -a.source->deleted_time) < std::pair(b.source->id, -b.source->deleted_time);
  }

  bool comes(const std::string& name, const Candidate& one) {
    if (is_dead(one.blob)) return true;
    if (operation_.which == Undelete::Which::left_since) return false;  // it lies elsewhere, or is not kept any more
    auto living = living_.find(one.blob);
    if (living == living_.end()) {
      lost_.insert(one.blob);
      return false;
    }
    return !living->second.contains(name);
  }

  const AccountState& state_;
  const Undelete& operation_;
  Places places_;
  Need need_;
  std::unordered_set<uint64_t> elsewhere_;
  std::unordered_map<uint64_t, std::set<std::string>> living_;  // in which mailboxes
  std::unordered_set<uint64_t> lost_;
};

// One place's effects.
class Return {
 public:
  Return(Planning& planning, Creation& creation, std::set<std::string>& uses_taken)
      : planning_(planning), creation_(creation), uses_taken_(uses_taken) {}

  Result<> bring(const std::string& name, const Place& place) {
    const std::vector<Candidate>& candidates = place.messages;
    ROOST_TRY(MailboxState to, target(name, candidates.empty() ? *place.deleted : *candidates.front().source));
    if (candidates.size() > UINT32_MAX - to.uidnext.value) return no(Code::limit, "The mailbox has no UIDs left");
    KeywordPlan keywords(to, planning_.limits());
    std::vector<UndeleteEffect> effects;
    for (size_t i = 0; i < candidates.size();) {
      UndeleteEffect effect;
      const MailboxState* source = candidates[i].source;
      effect.from = source->id;
      effect.from_deleted = source->deleted_time != 0;
      effect.to = to.id;
      effect.first = Uid(static_cast<uint32_t>(to.uidnext.value + i));
      std::set<KeywordSet> sets;
      for (; i < candidates.size() && candidates[i].source == source; ++i) {
        effect.uids.append(candidates[i].uid);
        sets.insert(candidates[i].keywords);
      }
      ROOST_TRY(effect.sets, translate(*source, sets, to.id, keywords));
      effects.push_back(std::move(effect));
    }
    keywords.add_to(planning_);
    for (UndeleteEffect& effect : effects) planning_.add(std::move(effect));
    return {};
  }

 private:
  // As it is, or as it will be made.
  Result<MailboxState> target(const std::string& name, const MailboxState& like) {
    const MailboxState* there = find_mailbox(planning_.state(), name);
    if (there != nullptr && !there->noselect) return *there;
    ROOST_TRY_VOID(creation_.create_superiors(name));
    ROOST_TRY(Created made, creation_.create(name, free_uses(like)));
    planning_.add(AclEffect{made.mailbox, like.access()});
    MailboxState to;
    to.id = made.mailbox;
    to.keywords = KeywordTable::empty();
    return to;
  }

  std::vector<std::string> free_uses(const MailboxState& like) {
    std::vector<std::string> out;
    for (const std::string& use : like.label->special_use) {
      if (uses_taken_.insert(use).second) out.push_back(use);
    }
    return out;
  }

  static Result<std::vector<std::pair<KeywordSet, KeywordSet>>> translate(const MailboxState& from,
                                                                          const std::set<KeywordSet>& sets,
                                                                          MailboxId to, KeywordPlan& target) {
    std::vector<std::pair<KeywordSet, KeywordSet>> pairs;
    if (from.id == to && from.deleted_time == 0) return pairs;
    for (KeywordSet set : sets) {
      std::vector<std::string> names;
      for (uint16_t index : from.keywords->set(set)) names.push_back(from.keywords->names()[index]);
      ROOST_TRY(KeywordIndexes indexes, target.indexes(names));
      ROOST_TRY(KeywordSet there, target.set(indexes));
      if (there != set) pairs.emplace_back(set, there);
    }
    return pairs;
  }

  Planning& planning_;
  Creation& creation_;
  std::set<std::string>& uses_taken_;
};

std::set<std::string> special_uses(const AccountState& state) {
  std::set<std::string> out;
  state.mailboxes.for_each([&](MailboxId, const MailboxPtr& mailbox) {
    out.insert(mailbox->label->special_use.begin(), mailbox->label->special_use.end());
    return true;
  });
  return out;
}

Undeleted describe(const AccountState& state, const Choice& choice) {
  Undeleted out;
  out.lost = choice.lost();
  for (const auto& [name, found] : choice.places()) {
    Undeleted::Place place{.mailbox = name, .first_left = INT64_MAX};
    if (found.messages.empty()) place.first_left = place.last_left = found.deleted->deleted_time;
    const MailboxState* there = find_mailbox(state, name);
    place.deleted = there == nullptr || there->noselect;
    for (const Candidate& one : found.messages) {
      ++place.messages;
      place.bytes += one.bytes;
      place.first_left = std::min(place.first_left, one.left);
      place.last_left = std::max(place.last_left, one.left);
    }
    out.places.push_back(std::move(place));
  }
  return out;
}

}  // namespace

// Whoever runs the server asks for it, so it is not held to the quota: mail that is over it would be lost otherwise.
PlanOutcome plan_one(Planning& planning, const Undelete& operation) {
  Choice choice(planning.state(), operation);
  choice.gather();
  if (!choice.need().pages.empty()) return std::move(choice.need());
  Undeleted result = describe(planning.state(), choice);
  if (operation.look_only || choice.places().empty()) return planning.finish(std::move(result));
  ROOST_PLAN_TRY(std::ignore, planning.take_modseq());
  Creation creation(planning, false);
  std::set<std::string> uses = special_uses(planning.state());
  for (const auto& [name, place] : choice.places()) {
    if (auto done = Return(planning, creation, uses).bring(name, place); !done) return std::move(done).error();
  }
  return planning.finish(std::move(result));
}

}  // namespace roost::mail
