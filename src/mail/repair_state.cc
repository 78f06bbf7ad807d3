// Everything that a snapshot claims, set to what its rows say.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "mail/account_state.h"
#include "mail/chunk_page.h"
#include "mail/departed.h"
#include "mail/jump.h"
#include "mail/repair.h"
#include "mail/row_edit.h"

namespace roost::mail {
namespace {

constexpr JumpDistance kJump;

struct References {
  std::map<uint64_t, uint32_t> blobs;
  std::map<uint64_t, uint32_t> segments;
};

bool is_placeholder(const ColdRow& row) { return row.blob == 0; }

UidSet touched_in(const SeenColumns& seen) {
  std::vector<UidRange> ranges;
  seen.for_each([&ranges](AccountId, const SeenColumn& column) {
    column.blocks().for_each([&ranges](uint32_t, const SeenBlockPtr& block) {
      for (const SeenRun& run : block->runs) ranges.push_back(run.uids);
      return true;
    });
  });
  return UidSet::from_ranges(std::move(ranges));
}

class MailboxRepair {
 public:
  MailboxRepair(const MailboxState& mailbox, const RepairPlan& plan, ModSeq modseq, References& references)
      : mailbox_(mailbox),
        deleted_(mailbox.deleted_time != 0),
        plan_(plan),
        modseq_(deleted_ ? mailbox.highest_modseq : modseq),
        references_(references),
        next_(mailbox) {}

  MailboxState run() {
    next_.chunks.clear();
    next_.clean = false;
    next_.messages = next_.unseen = next_.deleted = 0;
    next_.bytes = next_.deleted_bytes = 0;
    for (const ChunkPtr& chunk : mailbox_.chunks) take(*chunk);
    finish_chunk();
    next_.seen.forget(touched_in(next_.seen).subtract(live_));
    next_.seen = next_.seen.with_clean(false);
    if (deleted_) return std::move(next_);
    UidSet gone = UidSet::from_ranges(lost_);
    if (plan_.went_back) gone = with_skipped(std::move(gone));
    if (!gone.empty()) {
      next_.traces.add(gone, modseq_);
      next_.highest_modseq = modseq_;
    }
    if (plan_.went_back) next_.highest_modseq = modseq_;
    return std::move(next_);
  }

  UidSet lost() const { return UidSet::from_ranges(lost_); }

 private:
  // Nobody may have been given those UIDs; whoever was is told that they are gone.
  UidSet with_skipped(UidSet gone) {
    Uid from = next_.uidnext;
    next_.uidnext = Uid(jumped(from.value, kJump.uids));
    if (next_.uidnext == from) return gone;
    std::vector<UidRange> ranges(gone.begin(), gone.end());
    ranges.push_back({from, Uid(next_.uidnext.value - 1)});
    return UidSet::from_ranges(std::move(ranges));
  }

  void take(const Chunk& chunk) {
    for (uint32_t i = 0; i < chunk.rows; ++i) {
      HotRow hot = chunk.hot_row(i);
      ColdRow cold = chunk.cold_row(i);
      if (is_placeholder(cold)) {
        if (!hot.dead) lost_.push_back({hot.uid, hot.uid});
        continue;
      }
      // Of what has left it says when.
      if ((plan_.went_back && !deleted_ && !hot.dead) || hot.modseq == kFlagsLost) hot.modseq = modseq_;
      if (!deleted_) mend_card(hot, cold);
      count(hot, cold);
      hot_.push_back(hot);
      cold_.push_back(std::move(cold));
      if (hot_.size() == kChunkRowsMax) finish_chunk();
    }
  }

  void mend_card(const HotRow& hot, ColdRow& cold) const {
    auto fresh = plan_.cards.find({mailbox_.id, hot.uid});
    bool lost = plan_.cards_lost.contains({mailbox_.id, hot.uid});
    if (hot.dead || (fresh == plan_.cards.end() && !lost)) return;
    cold.card = lost ? ColdRow::Card::none : ColdRow::Card::tail;
    cold.tail = lost ? nullptr : fresh->second;
    cold.card_home = 0;
    cold.card_index = 0;
  }

  void count(const HotRow& hot, const ColdRow& cold) {
    if (cold.card == ColdRow::Card::segment) ++references_.segments[cold.card_home];
    if (hot.dead) return;
    RowCounts one = RowCounts::of(hot);
    live_.append(hot.uid);
    next_.messages += 1;
    next_.unseen += static_cast<uint32_t>(one.unseen);
    next_.deleted += static_cast<uint32_t>(one.deleted);
    next_.bytes += cold.size;
    if (one.deleted != 0) next_.deleted_bytes += cold.size;
    next_.highest_modseq = std::max(next_.highest_modseq, hot.modseq);
    if (deleted_) return;
    ++references_.blobs[cold.blob];
    if (cold.card == ColdRow::Card::blob) ++references_.blobs[cold.card_home];
  }

  void finish_chunk() {
    if (hot_.empty()) return;
    next_.chunks.push_back(build_chunk(hot_, cold_));
    hot_.clear();
    cold_.clear();
  }

  const MailboxState& mailbox_;
  const bool deleted_;  // its bodies are dead, and no client looks at it any more
  const RepairPlan& plan_;
  const ModSeq modseq_;
  References& references_;
  MailboxState next_;
  std::vector<UidRange> lost_;
  UidSet live_;
  std::vector<HotRow> hot_;
  std::vector<ColdRow> cold_;
};

class AccountRepair {
 public:
  AccountRepair(const AccountState& state, const RepairPlan& plan, std::vector<std::string>& said)
      : state_(state), plan_(plan), said_(said), next_(state) {}

  Repair run() {
    next_.position = plan_.position;
    next_.modseq = ModSeq(state_.modseq.value + (plan_.went_back ? kJump.modseqs : 1));
    next_.layout = std::make_shared<const Layout>();
    next_.selectable = next_.messages = next_.bytes = next_.resident_bytes = next_.dirty_bytes = 0;
    state_.mailboxes.for_each([this](MailboxId id, const MailboxPtr& mailbox) {
      repair(id, *mailbox);
      return true;
    });
    state_.deleted.for_each([this](MailboxId id, const MailboxPtr& mailbox) {
      repair_deleted(id, *mailbox);
      return true;
    });
    count_names();
    count_metadata();
    next_.dirty_bytes += next_.metadata_bytes;
    count_blobs();
    skip();
    Repair out;
    out.lost_messages = lost_messages_;
    out.snapshot = std::make_shared<const Snapshot>(std::make_shared<const AccountState>(std::move(next_)));
    return out;
  }

 private:
  void repair(MailboxId id, const MailboxState& mailbox) {
    MailboxRepair one(mailbox, plan_, next_.modseq, references_);
    MailboxState whole = one.run();
    if (UidSet lost = one.lost(); !lost.empty()) {
      lost_messages_ = true;
      said_.push_back(fmt::format("mailbox {}: of UIDs {} nothing is left but, perhaps, their bodies", mailbox.name(),
                                  to_text(lost)));
    }
    next_.selectable += whole.noselect ? 0 : 1;
    next_.messages += whole.messages;
    next_.bytes += whole.bytes;
    weigh(whole);
    next_.mailboxes.set(id, std::make_shared<const MailboxState>(std::move(whole)));
  }

  void repair_deleted(MailboxId id, const MailboxState& mailbox) {
    MailboxRepair one(mailbox, plan_, next_.modseq, references_);
    MailboxState whole = one.run();
    if (UidSet lost = one.lost(); !lost.empty()) {
      said_.push_back(
          fmt::format("deleted mailbox {}: UIDs {} cannot come back any more", mailbox.name(), to_text(lost)));
    }
    weigh(whole);
    next_.deleted.set(id, std::make_shared<const MailboxState>(std::move(whole)));
  }

  void weigh(const MailboxState& mailbox) {
    next_.resident_bytes += mailbox.resident_bytes();
    next_.dirty_bytes += mailbox.dirty_bytes();
  }

  static std::string to_text(const UidSet& uids) {
    std::string out;
    for (const UidRange& range : uids) {
      if (!out.empty()) out += ',';
      out += std::to_string(range.first.value);
      if (range.last != range.first) out += ':' + std::to_string(range.last.value);
    }
    return out;
  }

  void count_names() {
    next_.names = {};
    next_.mailboxes.for_each([this](MailboxId id, const MailboxPtr& mailbox) {
      next_.names.set(mailbox->name(), id);
      return true;
    });
  }

  void count_metadata() {
    next_.metadata = {};
    next_.metadata_bytes = 0;
    state_.metadata.for_each([this](MailboxId id, const MetadataPtr& metadata) {
      if (id.value != 0 && !next_.mailboxes.contains(id)) return true;
      Metadata counted;
      for (const auto& [key, value] : metadata->entries) counted.set(key, value);
      next_.metadata_bytes += counted.bytes;
      next_.metadata.set(id, std::make_shared<const Metadata>(std::move(counted)));
      return true;
    });
  }

  template <class Value>
  static SerialMap<Value> from_counts(const std::map<uint64_t, Value>& counts) {
    SerialMap<Value> map;
    std::vector<uint64_t> serials;
    for (const auto& [serial, value] : counts) serials.push_back(serial);
    map.update(serials, [&](uint64_t serial, const Value*) { return std::optional<Value>(counts.at(serial)); });
    return map;
  }

  void count_blobs() {
    std::map<uint64_t, uint32_t> shared;
    for (const auto& [serial, count] : references_.blobs) {
      if (count > 1) shared.emplace(serial, count);
    }
    std::map<uint64_t, int64_t> dead;
    state_.dead_blobs.for_each([&](uint64_t serial, int64_t time) {
      bool empty = serial == 0 || plan_.bodiless.contains(serial);
      if (!empty && !references_.blobs.contains(serial)) dead.emplace(serial, time);
    });
    for (uint64_t serial : plan_.dead) {
      if (!references_.blobs.contains(serial)) dead.emplace(serial, plan_.now);
    }
    next_.body_counts = from_counts(shared);
    next_.dead_blobs = from_counts(dead);
    next_.segment_cards = from_counts(references_.segments);
    if (!references_.blobs.empty()) raise(next_.next_blob, references_.blobs.rbegin()->first);
    raise(next_.next_blob, plan_.blob_max);
    raise(next_.next_page, plan_.page_max);
  }

  static void raise(uint64_t& next, uint64_t used) { next = std::max(next, used + 1); }

  void skip() {
    if (!plan_.went_back) return;
    next_.next_mailbox = MailboxId(next_.next_mailbox.value + kMailboxIdsJumped);
    next_.next_uidvalidity = jumped(next_.next_uidvalidity, kJump.uidvalidities);
    next_.next_blob += kBlobsJumped;
    next_.next_page += kBlobsJumped;
    said_.push_back(fmt::format("its log may lack its end, so UIDNEXT of every mailbox went on by {}, MODSEQ by {}",
                                kJump.uids, kJump.modseqs));
  }

  const AccountState& state_;
  const RepairPlan& plan_;
  std::vector<std::string>& said_;
  AccountState next_;
  References references_;
  bool lost_messages_ = false;
};

}  // namespace

void for_each_departed_blob(const Snapshot& snapshot, const std::function<void(BlobId)>& fn) {
  AccountId account = snapshot.state().id;
  for (const auto* mailboxes : {&snapshot.state().mailboxes, &snapshot.state().deleted}) {
    mailboxes->for_each([&](MailboxId, const MailboxPtr& mailbox) {
      for_each_departed(*mailbox, [&](const Departed& one) {
        const ColdRow& row = one.cold();
        if (!is_placeholder(row)) fn({account, row.blob});
        if (row.card == ColdRow::Card::blob) fn({account, row.card_home});
      });
      return true;
    });
  }
}

Repair repaired(const Snapshot& snapshot, const RepairPlan& plan, std::vector<std::string>& said) {
  return AccountRepair(snapshot.state(), plan, said).run();
}

}  // namespace roost::mail
