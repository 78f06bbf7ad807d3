// Reading one mailbox of a snapshot.
#include <algorithm>

#include "mail/snapshot.h"

namespace roost::mail {
namespace {

// A row, live or dead, by its uid.
struct Place {
  const Chunk* chunk;
  uint32_t row;
  const HotRow& hot() const { return chunk->hot_row(row); }
};

std::optional<Place> place_of(const MailboxState& state, Uid uid) {
  auto chunk = state.chunk_from(uid);
  if (chunk == state.chunks.end() || (*chunk)->uid_min > uid || !(*chunk)->hot) return std::nullopt;
  uint32_t row = (*chunk)->lower_bound(uid);
  if (row == (*chunk)->rows || (*chunk)->hot_row(row).uid != uid) return std::nullopt;
  return Place{chunk->get(), row};
}

Hot shown(const HotRow& row, const SeenColumn* seen) {
  Hot hot = to_hot(row);
  SeenCursor(seen).show(row.uid, hot);
  return hot;
}

std::optional<Row> row_at(const MailboxState& state, const Place& place, const SeenColumn* seen) {
  if (!place.chunk->cold) return std::nullopt;
  return Row{to_cold(state.account, place.hot().uid, place.chunk->cold_row(place.row)), shown(place.hot(), seen)};
}

const SeenColumn* column_of(const MailboxState& state, AccountId reader) {
  static const SeenColumn kUntouched;
  if (reader.value == 0) return nullptr;
  const SeenColumn* column = state.seen.find(reader);
  return column != nullptr ? column : &kUntouched;
}

uint32_t live_before(const HotLeaf& leaf, Uid uid) {
  const HotRow* end = std::partition_point(leaf.begin(), leaf.end(), [uid](const HotRow& r) { return r.uid < uid; });
  if (leaf.live == leaf.rows) return static_cast<uint32_t>(end - leaf.begin());
  return static_cast<uint32_t>(std::count_if(leaf.begin(), end, [](const HotRow& r) { return !r.dead; }));
}

// What the ranges from `range` on have in common with the chunk.
void append_dense(const Chunk& chunk, std::vector<UidRange>::const_iterator range,
                  std::vector<UidRange>::const_iterator ranges_end, UidSet& out) {
  for (; range != ranges_end && range->first <= chunk.uid_max; ++range) {
    out.append(UidRange{std::max(range->first, chunk.uid_min), std::min(range->last, chunk.uid_max)});
  }
}

}  // namespace

const Rows kAllRows{.uids = UidSet{{Uid(1), Uid(UINT32_MAX)}}, .with_cold = true};
const Rows kAllFlags{.uids = UidSet{{Uid(1), Uid(UINT32_MAX)}}, .with_cold = false};

Mailbox::Mailbox(const MailboxState* state, AccountId reader)
    : state_(state), reader_(reader), seen_(column_of(*state, reader)) {}

MailboxId Mailbox::id() const { return state_->id; }
const std::string& Mailbox::name() const { return state_->name(); }
UidValidity Mailbox::uidvalidity() const { return state_->uidvalidity; }
Uid Mailbox::uidnext() const { return state_->uidnext; }
ModSeq Mailbox::highest_modseq() const {
  return seen_ == nullptr ? state_->highest_modseq : std::max(state_->highest_modseq, seen_->modseq_max());
}
Uid Mailbox::recent_uid() const { return state_->recent_uid; }
bool Mailbox::noselect() const { return state_->noselect; }
const std::vector<std::string>& Mailbox::special_use() const { return state_->label->special_use; }
const Acl& Mailbox::acl() const { return state_->access(); }
uint32_t Mailbox::messages() const { return state_->messages; }
uint32_t Mailbox::unseen() const { return seen_ == nullptr ? state_->unseen : state_->messages - seen_->seen(); }
uint32_t Mailbox::deleted() const { return state_->deleted; }
uint64_t Mailbox::bytes() const { return state_->bytes; }
uint64_t Mailbox::deleted_bytes() const { return state_->deleted_bytes; }
const std::vector<std::string>& Mailbox::keywords() const { return state_->keywords->names(); }
const std::vector<uint16_t>& Mailbox::keywords_of(KeywordSet set) const { return state_->keywords->set(set); }
std::optional<uint16_t> Mailbox::find_keyword(std::string_view keyword) const {
  return state_->keywords->find(keyword);
}

std::vector<PageId> Mailbox::missing_pages(const Rows& rows) const {
  std::vector<PageId> pages;
  add_missing_pages(*state_, rows.uids, rows.with_cold, pages);
  return pages;
}

Rows Mailbox::rows_to_open(Uid recent) const {
  if (seen_ != nullptr) return kAllFlags;
  std::vector<UidRange> ranges;
  auto add = [&ranges](const ChunkPtr& chunk) { ranges.push_back({chunk->uid_min, chunk->uid_max}); };
  auto unseen = std::ranges::find_if(state_->chunks, [](const ChunkPtr& chunk) { return chunk->unseen > 0; });
  if (unseen != state_->chunks.end() && !(*unseen)->is_all_unseen()) add(*unseen);
  for (auto chunk = state_->chunk_from(recent); chunk != state_->chunks.end(); ++chunk) {
    if ((*chunk)->live > 0 && !(*chunk)->is_dense()) add(*chunk);
  }
  return {UidSet::from_ranges(std::move(ranges)), false};
}

std::optional<Row> Mailbox::find(Uid uid) const {
  auto place = place_of(*state_, uid);
  if (!place || place->hot().dead) return std::nullopt;
  return row_at(*state_, *place, seen_);
}

std::optional<Hot> Mailbox::find_hot(Uid uid) const {
  auto place = place_of(*state_, uid);
  if (!place || place->hot().dead) return std::nullopt;
  return shown(place->hot(), seen_);
}

std::optional<Row> Mailbox::find_expunged(Uid uid) const {
  auto place = place_of(*state_, uid);
  if (place && place->hot().dead && place->hot().modseq > state_->forgotten_modseq) {
    return row_at(*state_, *place, seen_);
  }
  if (!state_->former) return std::nullopt;
  for (const FormerInbox& former : *state_->former) {
    Mailbox before(former.state.get(), reader_);
    if (auto row = before.find(uid)) return row;
    if (auto row = before.find_expunged(uid)) return row;
  }
  return std::nullopt;
}

std::optional<Mailbox> Mailbox::before_rename(ModSeq since) const {
  if (!state_->former) return std::nullopt;
  for (const FormerInbox& former : *state_->former) {
    if (former.state->highest_modseq >= since) return Mailbox(former.state.get(), reader_);
  }
  return std::nullopt;
}

std::optional<Uid> Mailbox::uid_at(uint32_t index) const {
  for (const ChunkPtr& chunk : state_->chunks) {
    if (index >= chunk->live) {
      index -= chunk->live;
      continue;
    }
    if (chunk->is_dense()) return Uid(chunk->uid_min.value + index);
    for (const HotLeaf& leaf : *chunk->hot) {
      if (index >= leaf.live) {
        index -= leaf.live;
        continue;
      }
      if (leaf.live == leaf.rows) return leaf.begin()[index].uid;
      for (const HotRow& row : leaf) {
        if (!row.dead && index-- == 0) return row.uid;
      }
    }
  }
  return std::nullopt;
}

uint32_t Mailbox::rank(Uid uid) const {
  uint32_t count = 0;
  for (const ChunkPtr& chunk : state_->chunks) {
    if (chunk->uid_max < uid) {
      count += chunk->live;
      continue;
    }
    if (chunk->uid_min >= uid || chunk->live == 0) break;
    if (chunk->is_dense()) return count + (uid.value - chunk->uid_min.value);
    for (const HotLeaf& leaf : *chunk->hot) {
      if (leaf.begin()->uid >= uid) break;
      count += leaf.end()[-1].uid < uid ? leaf.live : live_before(leaf, uid);
    }
    break;
  }
  return count;
}

UidSet Mailbox::uids() const {
  UidSet out;
  for_each_hot(Uid(1), Uid(UINT32_MAX), [&out](Uid uid, const Hot&) {
    out.append(uid);
    return true;
  });
  return out;
}

UidSet Mailbox::live(const UidSet& uids) const {
  UidSet out;
  auto range = uids.begin();
  for (const ChunkPtr& chunk : state_->chunks) {
    while (range != uids.end() && range->last < chunk->uid_min) ++range;
    if (range == uids.end()) break;
    if (chunk->is_dense()) {
      append_dense(*chunk, range, uids.end(), out);
    } else {
      for_each_live_row_of(*chunk, range, uids.end(), [&out](uint32_t, const HotRow& row) { out.append(row.uid); });
    }
  }
  return out;
}

std::optional<Uid> Mailbox::first_unseen() const {
  if (seen_ != nullptr) {
    std::optional<Uid> first;
    if (unseen() == 0) return first;
    for_each_hot(Uid(1), Uid(UINT32_MAX), [&first](Uid uid, const Hot& hot) {
      if (!hot.flags.has(SystemFlag::seen)) first = uid;
      return !first;
    });
    return first;
  }
  for (const ChunkPtr& chunk : state_->chunks) {
    if (chunk->unseen == 0) continue;
    if (chunk->is_all_unseen()) return chunk->uid_min;
    for (const HotLeaf& leaf : *chunk->hot) {
      for (const HotRow& row : leaf) {
        if (!row.dead && !row.flags.has(SystemFlag::seen)) return row.uid;
      }
    }
  }
  return std::nullopt;
}

}  // namespace roost::mail
