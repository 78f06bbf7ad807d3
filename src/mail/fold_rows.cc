// Effects on messages.
#include <algorithm>

#include "mail/folder.h"
#include "mail/row_edit.h"

namespace roost::mail {
namespace {

constexpr int64_t kExpungeTimeGranularitySeconds = 60;
constexpr uint32_t kKeywordNumbersMax = UINT16_MAX;

KeywordSet mapped(const std::vector<std::pair<KeywordSet, KeywordSet>>& sets, KeywordSet set) {
  auto it = std::ranges::lower_bound(sets, set, {}, [](const auto& pair) { return pair.first; });
  return it != sets.end() && it->first == set ? it->second : set;
}

bool knows_targets(const KeywordTable& table, const std::vector<std::pair<KeywordSet, KeywordSet>>& sets) {
  return std::ranges::all_of(sets, [&](const auto& pair) { return pair.second.value < table.set_count(); });
}

bool is_sound_set(const KeywordIndexes& set, size_t names) {
  return !set.empty() && set.back() < names && std::ranges::adjacent_find(set, std::greater_equal<>()) == set.end();
}

void note_expunge_time(MailboxState& mailbox, ModSeq modseq, int64_t time) {
  auto times = mailbox.expunge_times ? std::make_shared<std::vector<ExpungeTime>>(*mailbox.expunge_times)
                                     : std::make_shared<std::vector<ExpungeTime>>();
  if (!times->empty()) time = std::max(time, times->back().time);
  bool same =
      !times->empty() && times->back().time / kExpungeTimeGranularitySeconds == time / kExpungeTimeGranularitySeconds;
  if (same) times->pop_back();
  times->push_back({modseq, time});
  mailbox.expunge_times = std::move(times);
}

ColdRow cold_row_of(const AppendedRow& row, int64_t time) {
  ColdRow cold;
  cold.blob = row.blob;
  cold.size = row.size;
  cold.internal_seconds = row.internal_date.seconds;
  cold.zone_minutes = row.internal_date.zone_minutes;
  cold.save_date = time;
  cold.email_id = row.email_id;
  cold.thread_id = row.thread_id;
  cold.card = row.card;
  if (row.card == ColdRow::Card::tail) cold.tail = std::make_shared<const Bytes>(row.card_bytes);
  if (row.card == ColdRow::Card::blob) {
    cold.card_home = row.card_blob;
    cold.card_index = row.card_blob_bytes;
  }
  return cold;
}

void add_blobs(const ColdRow& row, std::vector<uint64_t>& out) {
  out.push_back(row.blob);
  if (row.card == ColdRow::Card::blob) out.push_back(row.card_home);
}

// Rows gathered for a mailbox, handed over in pieces so that copying a large mailbox needs little memory beside it.
struct RowBatch {
  std::vector<HotRow> hot;
  std::vector<ColdRow> cold;
  void flush(MailboxState& to) {
    append_rows(to, hot, cold);
    hot.clear();
    cold.clear();
  }
};

}  // namespace

MailboxState* Folder::open_with_messages(MailboxId id) {
  MailboxState* mailbox = edit_.open(id);
  return mailbox != nullptr && !mailbox->noselect ? mailbox : nullptr;
}

bool Folder::lacks_rows(const MailboxState& mailbox, const UidSet& uids, bool with_cold) {
  add_missing_pages(mailbox, uids, with_cold, edit_.missing());
  return !edit_.missing().empty();
}

Result<> Folder::take_blob(uint64_t serial) {
  if (edit_.take_reserved(serial)) return {};
  AccountState& account = edit_.account();
  if (serial != account.next_blob || serial == UINT64_MAX) return unfit("blob");
  account.next_blob = serial + 1;
  return {};
}

Result<> Folder::apply_one(const KeywordsEffect& e) {
  MailboxState* mailbox = open_with_messages(e.mailbox);
  if (mailbox == nullptr) return unfit("keywords of no mailbox");
  auto table = std::make_shared<KeywordTable>(*mailbox->keywords);
  if (table->names().size() != e.names_before || table->set_count() != e.sets_before) return unfit("keyword numbers");
  if (e.names.size() > kKeywordNumbersMax - e.names_before || e.sets.size() > kKeywordNumbersMax - e.sets_before) {
    return unfit("too many keywords");
  }
  table->add(e.names);
  for (size_t i = 0; i < e.names.size(); ++i) {
    // One that is there twice would be found under the number of its last.
    if (e.names[i].empty() || table->find(e.names[i]) != e.names_before + i) return unfit("a keyword twice");
    if (mailbox->keywords->find(e.names[i])) return unfit("a keyword that is there");
  }
  for (const KeywordIndexes& set : e.sets) {
    if (!is_sound_set(set, table->names().size()) || table->find_set(set)) return unfit("keyword set");
    table->add_set(set);
  }
  mailbox->keywords = std::move(table);
  return {};
}

Result<> Folder::apply_one(const AppendEffect& e) {
  MailboxState* mailbox = open_with_messages(e.mailbox);
  if (mailbox == nullptr) return unfit("append to no mailbox");
  if (stamp_.modseq.value == 0 || e.first != mailbox->uidnext || e.rows.empty() ||
      e.rows.size() > UINT32_MAX - e.first.value) {
    return unfit("append");
  }
  RowBatch batch;
  batch.hot.reserve(e.rows.size());
  batch.cold.reserve(e.rows.size());
  Uid uid = e.first;
  for (const AppendedRow& row : e.rows) {
    if (row.keywords.value >= mailbox->keywords->set_count()) return unfit("keyword set of a new message");
    ROOST_TRY_VOID(take_blob(row.blob));
    if (row.card == ColdRow::Card::blob) ROOST_TRY_VOID(take_blob(row.card_blob));
    batch.hot.push_back({stamp_.modseq, uid, row.keywords, row.flags, false});
    batch.cold.push_back(cold_row_of(row, stamp_.time));
    uid = uid.next();
  }
  batch.flush(*mailbox);
  edit_.change(e.mailbox).appended.append(UidRange{e.first, Uid(uid.value - 1)});
  mailbox->uidnext = uid;
  mailbox->highest_modseq = stamp_.modseq;
  return {};
}

Result<> Folder::apply_one(const FlagsEffect& e) {
  MailboxState* mailbox = open_with_messages(e.mailbox);
  if (mailbox == nullptr) return unfit("flags in no mailbox");
  if (stamp_.modseq.value == 0 || e.uids.empty() || !knows_targets(*mailbox->keywords, e.sets)) return unfit("flags");
  bool touches_deleted = !e.keep.has(SystemFlag::deleted) || e.add.has(SystemFlag::deleted);
  if (lacks_rows(*mailbox, e.uids, touches_deleted)) return {};
  uint64_t changed = edit_rows(*mailbox, e.uids, [&](HotRow& row, const ColdRow*) {
    row.flags = (row.flags & e.keep) | e.add;
    if (!e.sets.empty()) row.keywords = mapped(e.sets, row.keywords);
    row.modseq = stamp_.modseq;
  });
  if (changed != e.uids.count()) return unfit("flags of a message that is not there");
  MailboxChange& change = edit_.change(e.mailbox);
  change.flags_changed = change.flags_changed.empty() ? e.uids : change.flags_changed.unite(e.uids);
  mailbox->highest_modseq = stamp_.modseq;
  return {};
}

// Their rows stay, dead, for those whose view still shows them. `released` collects the blobs that they let go.
void Folder::expunge_rows(MailboxState& mailbox, const UidSet& uids, std::vector<uint64_t>* released) {
  edit_rows(mailbox, uids, [&](HotRow& row, const ColdRow* cold) {
    row.dead = true;
    row.modseq = stamp_.modseq;
    if (released != nullptr) add_blobs(*cold, *released);
  });
  mailbox.seen.forget(uids);
  note_expunge(mailbox, uids);
}

void Folder::note_expunge(MailboxState& mailbox, const UidSet& uids) {
  mailbox.traces.add(uids, stamp_.modseq);
  note_expunge_time(mailbox, stamp_.modseq, stamp_.time);
  mailbox.highest_modseq = stamp_.modseq;
  MailboxChange& change = edit_.change(mailbox.id);
  change.expunged = change.expunged.empty() ? uids : change.expunged.unite(uids);
}

namespace {
bool all_live(const MailboxState& mailbox, const UidSet& uids) {
  uint64_t count = 0;
  for_each_live_row(mailbox, uids, [&count](const Chunk&, uint32_t, const HotRow&) { ++count; });
  return count == uids.count() && count > 0;
}
}  // namespace

// The mailbox's HIGHESTMODSEQ stays: for everybody else nothing has changed.
Result<> Folder::apply_one(const SeenEffect& e) {
  MailboxState* mailbox = open_with_messages(e.mailbox);
  if (mailbox == nullptr) return unfit("seen in no mailbox");
  if (lacks_rows(*mailbox, e.uids, false)) return {};
  if (stamp_.modseq.value == 0 || e.user.value == 0 || !all_live(*mailbox, e.uids)) return unfit("seen");
  mailbox->seen.set(e.user, e.uids, e.seen, stamp_.modseq);
  edit_.note_seen(e.mailbox, e.user, e.uids);
  return {};
}

Result<> Folder::apply_one(const ExpungeEffect& e) {
  MailboxState* mailbox = open_with_messages(e.mailbox);
  if (mailbox == nullptr) return unfit("expunge in no mailbox");
  if (lacks_rows(*mailbox, e.uids, true)) return {};
  if (stamp_.modseq.value == 0 || !all_live(*mailbox, e.uids)) return unfit("expunge");
  std::vector<uint64_t> released;
  expunge_rows(*mailbox, e.uids, &released);
  edit_.release_blobs(std::move(released), stamp_.time);
  return {};
}

Result<> Folder::copy_rows(const MailboxState& from, MailboxState& to, const CopyEffect& e) {
  RowBatch batch;
  std::vector<uint64_t> blobs;
  std::vector<uint64_t> segments;
  bool known = true;
  Uid uid = e.first;
  for_each_live_row(from, e.uids, [&](const Chunk& chunk, uint32_t index, const HotRow& row) {
    HotRow hot{stamp_.modseq, uid, mapped(e.sets, row.keywords), row.flags, false};
    known = known && hot.keywords.value < to.keywords->set_count();
    ColdRow cold = chunk.cold_row(index);
    cold.save_date = stamp_.time;
    if (!e.move) add_blobs(cold, blobs);
    if (cold.card == ColdRow::Card::segment) segments.push_back(cold.card_home);
    batch.hot.push_back(hot);
    batch.cold.push_back(std::move(cold));
    if (batch.hot.size() == kChunkRowsMax) batch.flush(to);
    uid = uid.next();
  });
  if (!known) return unfit("keyword set of a copy");
  batch.flush(to);
  edit_.reference_blobs(std::move(blobs));
  edit_.reference_segments(std::move(segments));
  edit_.change(e.to).appended.append(UidRange{e.first, Uid(uid.value - 1)});
  to.uidnext = uid;
  to.highest_modseq = stamp_.modseq;
  return {};
}

Result<> Folder::apply_one(const CopyEffect& e) {
  MailboxState* from = open_with_messages(e.from);
  MailboxState* to = open_with_messages(e.to);
  if (from == nullptr || to == nullptr) return unfit("copy without a mailbox");
  if (lacks_rows(*from, e.uids, true)) return {};
  if (stamp_.modseq.value == 0 || e.first != to->uidnext || !all_live(*from, e.uids) ||
      e.uids.count() > UINT32_MAX - e.first.value) {
    return unfit("copy");
  }
  MailboxState source = *from;  // stands still while a copy into the same mailbox adds chunks
  ROOST_TRY_VOID(copy_rows(source, *to, e));
  if (e.move) expunge_rows(*from, e.uids, nullptr);
  return {};
}

const MailboxState* Folder::find_departed(const UndeleteEffect& e) const {
  if (!e.from_deleted) return edit_.find(e.from);
  const MailboxPtr* deleted = edit_.account().deleted.find(e.from);
  return deleted != nullptr ? deleted->get() : nullptr;
}

// A card in a blob of its own dies with the body; where it has been collected before it, the message has none.
Result<> Folder::revive_rows(const MailboxState& from, MailboxState& to, const UndeleteEffect& e) {
  RowBatch batch;
  std::vector<uint64_t> blobs;
  std::vector<uint64_t> segments;
  const auto& dead_blobs = edit_.account().dead_blobs;
  bool known = true;
  Uid uid = e.first;
  for_each_row(from, e.uids, [&](const Chunk& chunk, uint32_t index, const HotRow& row) {
    known = known && (e.from_deleted || row.dead);
    HotRow hot{stamp_.modseq, uid, mapped(e.sets, row.keywords), row.flags, false};
    hot.flags &= ~SystemFlags(SystemFlag::deleted);
    known = known && hot.keywords.value < to.keywords->set_count();
    ColdRow cold = chunk.cold_row(index);
    cold.save_date = stamp_.time;
    if (cold.card == ColdRow::Card::blob && dead_blobs.find(cold.blob) != nullptr &&
        dead_blobs.find(cold.card_home) == nullptr) {
      cold.card = ColdRow::Card::none;
    }
    add_blobs(cold, blobs);
    if (cold.card == ColdRow::Card::segment) segments.push_back(cold.card_home);
    batch.hot.push_back(hot);
    batch.cold.push_back(std::move(cold));
    if (batch.hot.size() == kChunkRowsMax) batch.flush(to);
    uid = uid.next();
  });
  if (!known || uid.value - e.first.value != e.uids.count()) return unfit("undelete of what is not there");
  batch.flush(to);
  edit_.revive_blobs(blobs);
  edit_.reference_segments(std::move(segments));
  edit_.change(e.to).appended.append(UidRange{e.first, Uid(uid.value - 1)});
  to.uidnext = uid;
  to.highest_modseq = stamp_.modseq;
  return {};
}

Result<> Folder::apply_one(const UndeleteEffect& e) {
  const MailboxState* from = find_departed(e);
  MailboxState* to = open_with_messages(e.to);
  if (from == nullptr || to == nullptr) return unfit("undelete without a mailbox");
  if (lacks_rows(*from, e.uids, true)) return {};
  if (stamp_.modseq.value == 0 || e.first != to->uidnext || e.uids.empty() ||
      e.uids.count() > UINT32_MAX - e.first.value) {
    return unfit("undelete");
  }
  MailboxState source = *from;  // stands still while rows are added to the same mailbox
  return revive_rows(source, *to, e);
}

}  // namespace roost::mail
