#include "mail/seen.h"

#include <algorithm>
#include <utility>

namespace roost::mail {
namespace {

uint32_t block_of(Uid uid) { return uid.value / kSeenBlockUids; }

UidRange range_of(uint32_t index) {
  uint32_t first = index * kSeenBlockUids;
  return {Uid(std::max(first, uint32_t{1})), Uid(first + (kSeenBlockUids - 1))};
}

// Calls fn(index, ranges of `uids` within that block), ascending.
template <class Fn>
void for_each_block(const UidSet& uids, Fn&& fn) {
  std::vector<UidRange> inside;
  uint32_t index = 0;
  for (UidRange left : uids) {
    for (;;) {
      uint32_t here = block_of(left.first);
      if (!inside.empty() && here != index) {
        fn(index, std::span<const UidRange>(inside));
        inside.clear();
      }
      index = here;
      Uid last = std::min(left.last, range_of(here).last);
      inside.push_back({left.first, last});
      if (last == left.last) break;
      left.first = last.next();
    }
  }
  if (!inside.empty()) fn(index, std::span<const UidRange>(inside));
}

// The runs without these uids. Both ascend.
std::vector<SeenRun> without(const std::vector<SeenRun>& runs, std::span<const UidRange> gone) {
  std::vector<SeenRun> out;
  auto next = gone.begin();
  for (SeenRun run : runs) {
    while (next != gone.end() && next->last < run.uids.first) ++next;
    bool remains = true;
    for (auto cut = next; remains && cut != gone.end() && cut->first <= run.uids.last; ++cut) {
      if (cut->first > run.uids.first) {
        out.push_back({{run.uids.first, Uid(cut->first.value - 1)}, run.modseq, run.seen});
      }
      remains = cut->last < run.uids.last;
      if (remains) run.uids.first = cut->last.next();
    }
    if (remains) out.push_back(run);
  }
  return out;
}

bool continues(const SeenRun& before, const SeenRun& run) {
  return before.uids.last.next() == run.uids.first && before.modseq == run.modseq && before.seen == run.seen;
}

// Both ascend, and share no uid.
std::vector<SeenRun> merged(const std::vector<SeenRun>& old, std::span<const UidRange> uids, bool seen, ModSeq modseq) {
  std::vector<SeenRun> fresh;
  fresh.reserve(uids.size());
  for (const UidRange& range : uids) fresh.push_back({range, modseq, seen});
  std::vector<SeenRun> all(old.size() + fresh.size());
  auto first_uid = [](const SeenRun& run) { return run.uids.first; };
  std::ranges::merge(old, fresh, all.begin(), {}, first_uid, first_uid);
  std::vector<SeenRun> out;
  out.reserve(all.size());
  for (const SeenRun& run : all) {
    if (!out.empty() && continues(out.back(), run)) {
      out.back().uids.last = run.uids.last;
    } else {
      out.push_back(run);
    }
  }
  return out;
}

SeenBlockPtr with_clean(const SeenBlockPtr& block, bool clean) {
  if (block->clean == clean) return block;
  auto copy = std::make_shared<SeenBlock>(*block);
  copy->clean = clean;
  return copy;
}

size_t dirty_runs_of(const SeenBlock& block) { return block.clean ? 0 : block.runs.size(); }

}  // namespace

SeenBlockPtr SeenBlock::of(std::vector<SeenRun> runs, bool clean) {
  auto block = std::make_shared<SeenBlock>();
  block->runs = std::move(runs);
  block->clean = clean;
  for (const SeenRun& run : block->runs) {
    if (run.seen) block->seen += static_cast<uint32_t>(run.uids.count());
    block->modseq_max = std::max(block->modseq_max, run.modseq);
  }
  return block;
}

UidSet SeenColumn::seen_among(const UidSet& uids) const {
  UidSet seen;
  blocks_.for_each([&seen](uint32_t, const SeenBlockPtr& block) {
    for (const SeenRun& run : block->runs) {
      if (run.seen) seen.append(run.uids);
    }
    return true;
  });
  return seen.intersect(uids);
}

UidSet SeenColumn::changed_since(ModSeq since) const {
  UidSet changed;
  if (modseq_max_ <= since) return changed;
  blocks_.for_each([&](uint32_t, const SeenBlockPtr& block) {
    if (block->modseq_max <= since) return true;
    for (const SeenRun& run : block->runs) {
      if (run.modseq > since) changed.append(run.uids);
    }
    return true;
  });
  return changed;
}

// Null removes.
void SeenColumns::replace(SeenColumn& column, uint32_t index, SeenBlockPtr block) {
  if (const SeenBlockPtr* old = column.blocks_.find(index)) {
    column.seen_ -= (*old)->seen;
    runs_ -= (*old)->runs.size();
    dirty_runs_ -= dirty_runs_of(**old);
  }
  if (block == nullptr) return column.blocks_.erase(index);
  column.seen_ += block->seen;
  column.modseq_max_ = std::max(column.modseq_max_, block->modseq_max);
  runs_ += block->runs.size();
  dirty_runs_ += dirty_runs_of(*block);
  column.blocks_.set(index, std::move(block));
}

void SeenColumns::set(AccountId user, const UidSet& uids, bool seen, ModSeq modseq) {
  const SeenColumn* before = columns_.find(user);
  SeenColumn column = before != nullptr ? *before : SeenColumn();
  for_each_block(uids, [&](uint32_t index, std::span<const UidRange> ranges) {
    const SeenBlockPtr* old = column.blocks_.find(index);
    std::vector<SeenRun> kept = old != nullptr ? without((*old)->runs, ranges) : std::vector<SeenRun>();
    replace(column, index, SeenBlock::of(merged(kept, ranges, seen, modseq), false));
  });
  columns_.set(user, std::move(column));
}

void SeenColumns::forget(const UidSet& uids) {
  if (columns_.empty()) return;
  PersistentMap<AccountId, SeenColumn> columns = columns_;
  columns.for_each([&](AccountId user, const SeenColumn& before) {
    SeenColumn column = before;
    for_each_block(uids, [&](uint32_t index, std::span<const UidRange> ranges) {
      const SeenBlockPtr* old = column.blocks_.find(index);
      if (old == nullptr) return;
      std::vector<SeenRun> kept = without((*old)->runs, ranges);
      if (kept == (*old)->runs) return;
      replace(column, index, kept.empty() ? nullptr : SeenBlock::of(std::move(kept), false));
    });
    if (column.blocks_.same_version(before.blocks_)) return true;
    if (column.blocks_.empty()) {
      columns_.erase(user);
    } else {
      columns_.set(user, std::move(column));
    }
    return true;
  });
}

void SeenColumns::put(AccountId user, uint32_t index, SeenBlockPtr block) {
  const SeenColumn* before = columns_.find(user);
  SeenColumn column = before != nullptr ? *before : SeenColumn();
  replace(column, index, std::move(block));
  columns_.set(user, std::move(column));
}

SeenColumns SeenColumns::with_clean(bool clean) const {
  SeenColumns out = *this;
  for_each([&](AccountId user, const SeenColumn& column) {
    SeenColumn copy = column;
    column.blocks_.for_each([&](uint32_t index, const SeenBlockPtr& block) {
      if (block->clean != clean) out.replace(copy, index, mail::with_clean(block, clean));
      return true;
    });
    out.columns_.set(user, std::move(copy));
  });
  return out;
}

const SeenRun* SeenCursor::find(Uid uid) {
  uint32_t index = block_of(uid);
  if (index != index_) {
    const SeenBlockPtr* found = column_->blocks().find(index);
    block_ = found != nullptr ? found->get() : nullptr;
    index_ = index;
    run_ = 0;
  }
  if (block_ == nullptr) return nullptr;
  const std::vector<SeenRun>& runs = block_->runs;
  if (run_ < runs.size() && runs[run_].uids.first <= uid) {
    if (uid <= runs[run_].uids.last) return &runs[run_];
    if (run_ + 1 < runs.size() && uid < runs[run_ + 1].uids.first) return nullptr;
    if (run_ + 1 < runs.size() && uid <= runs[run_ + 1].uids.last) return &runs[++run_];
  }
  auto next = std::ranges::partition_point(runs, [uid](const SeenRun& run) { return run.uids.last < uid; });
  run_ = static_cast<size_t>(next - runs.begin());
  return next != runs.end() && next->uids.first <= uid ? &*next : nullptr;
}

void SeenCursor::overlay(Uid uid, Hot& hot) {
  const SeenRun* run = find(uid);
  hot.flags &= ~SystemFlags(SystemFlag::seen);
  if (run == nullptr) return;
  if (run->seen) hot.flags |= SystemFlag::seen;
  hot.modseq = std::max(hot.modseq, run->modseq);
}

void write_seen_block(Encoder& out, const SeenKey& key, const SeenBlock& block) {
  out.varint(key.mailbox.value);
  out.varint(key.user.value);
  out.varint(key.index);
  out.varint(block.runs.size());
  uint64_t next = uint64_t{key.index} * kSeenBlockUids;
  for (const SeenRun& run : block.runs) {
    out.varint(run.uids.first.value - next);
    out.varint(run.uids.count() - 1);
    out.varint(run.modseq.value << 1 | (run.seen ? 1 : 0));
    next = uint64_t{run.uids.last.value} + 1;
  }
}

Result<SeenEntry> read_seen_block(Decoder& in) {
  constexpr size_t kRunBytesMin = 3;
  SeenKey key{MailboxId(in.varint()), AccountId(in.varint())};
  uint64_t index = in.varint();
  std::vector<SeenRun> runs(in.count(kRunBytesMin));
  bool sound = key.mailbox.value != 0 && key.user.value != 0 && index <= UINT32_MAX / kSeenBlockUids && !runs.empty();
  if (in.failed() || !sound) return fault("seen: malformed", Code::corruption);
  key.index = static_cast<uint32_t>(index);
  uint64_t next = index * kSeenBlockUids;
  const uint64_t end = next + kSeenBlockUids;
  for (SeenRun& run : runs) {
    uint64_t gap = in.varint();
    uint64_t length = in.varint();
    uint64_t value = in.varint();
    bool inside = gap < end - next && length < end - next - gap && next + gap > 0 && value > 1;
    if (in.failed() || !inside) return fault("seen: a run", Code::corruption);
    uint64_t first = next + gap;
    run = {{Uid(static_cast<uint32_t>(first)), Uid(static_cast<uint32_t>(first + length))},
           ModSeq(value >> 1),
           (value & 1) != 0};
    next = first + length + 1;
  }
  return SeenEntry{key, SeenBlock::of(std::move(runs), true)};
}

}  // namespace roost::mail
