#include <algorithm>

#include "mail/checkpoint_writer.h"
#include "mail/chunk_page.h"
#include "mail/departed.h"
#include "mail/mailbox_entry.h"

namespace roost::mail {
namespace {

constexpr uint32_t kTracesInEntryMax = 512;  // more of them become a page

constexpr int64_t kFineTimesSeconds = 24 * 3600;  // how long it is known to the minute when something was expunged
constexpr int64_t kCoarseTimesSeconds = 3600;

bool may_go(const HotRow& row, ModSeq forgotten) { return row.dead && row.modseq <= forgotten; }

}  // namespace

void CardPacker::pack(ColdRow& row) {
  if (row.card != ColdRow::Card::tail) return;
  auto [it, fresh] = places_.try_emplace(row.tail.get());
  if (fresh) {
    if (segment_.empty()) page_ = sink_.take();
    it->second = {page_, segment_.add(*row.tail)};
    if (segment_.full()) sink_.put(page_, segment_.finish());
  }
  row.card = ColdRow::Card::segment;
  row.card_home = it->second.segment.value;
  row.card_index = it->second.index;
  row.tail = nullptr;
  referenced.push_back(row.card_home);
}

void CardPacker::finish() {
  if (!segment_.empty()) sink_.put(page_, segment_.finish());
}

// Whether a quarter of the rows are dead and forgotten: then they go, and the rest is written anew. A chunk that is not
// in memory is looked at when half of it is dead and more was forgotten just now.
bool MailboxCheckpoint::is_wasteful(const Chunk& chunk, const MailboxState& before, const MailboxState& after) const {
  uint32_t dead = chunk.rows - chunk.live;
  if (dead == 0 || (dead < chunk.rows / 4 && !times_.purge)) return false;
  if (!chunk.hot) return times_.purge || (after.forgotten_modseq > before.forgotten_modseq && dead >= chunk.rows / 2);
  uint32_t gone = 0;
  for (uint32_t i = 0; i < chunk.rows; ++i) gone += may_go(chunk.hot_row(i), after.forgotten_modseq) ? 1 : 0;
  return gone > 0 && (times_.purge || gone >= chunk.rows / 4);
}

bool MailboxCheckpoint::concerns(const MailboxState& mailbox) const {
  if (!mailbox.clean) return true;
  if (times_.purge && std::ranges::any_of(mailbox.chunks, [](const auto& c) { return c->live < c->rows; })) return true;
  if (mailbox.former && mailbox.former->front().time <= former_before()) return true;
  return mailbox.expunge_times && mailbox.expunge_times->front().time <= expired_before(times_, mailbox);
}

bool MailboxCheckpoint::is_over(const MailboxState& mailbox) const {
  return times_.purge || mailbox.deleted_time <= expired_before(times_, mailbox);
}

bool MailboxCheckpoint::can_read(const Chunk& chunk) const {
  return (chunk.hot || !unreadable_.contains(chunk.hot_page)) && (chunk.cold || !unreadable_.contains(chunk.cold_page));
}

void MailboxCheckpoint::release(const MailboxState& mailbox) {
  size_t missing_before = need.size();
  bool whole = true;
  for (const ChunkPtr& chunk : mailbox.chunks) {
    if (chunk->cold) continue;
    if (unreadable_.contains(chunk->cold_page)) {
      whole = false;
    } else {
      need.push_back(chunk->cold_page);
    }
  }
  if (need.size() > missing_before) return;
  if (!whole) unread.push_back(mailbox.name());
  for (const ChunkPtr& chunk : mailbox.chunks) {
    if (!chunk->cold) continue;
    for (uint32_t i = 0; i < chunk->rows; ++i) {
      const ColdRow& row = chunk->cold_row(i);
      if (row.card == ColdRow::Card::segment) released.push_back(row.card_home);
    }
  }
}

namespace {

// Those that are old enough become one an hour, the last of it.
std::vector<ExpungeTime> with_coarse_past(const std::vector<ExpungeTime>& times, int64_t now) {
  std::vector<ExpungeTime> out;
  for (const ExpungeTime& one : times) {
    bool same_hour = !out.empty() && one.time < now - kFineTimesSeconds &&
                     out.back().time / kCoarseTimesSeconds == one.time / kCoarseTimesSeconds;
    if (same_hour) out.pop_back();
    out.push_back(one);
  }
  return out;
}

}  // namespace

void MailboxCheckpoint::forget_expired(MailboxState& mailbox) const {
  int64_t expired = expired_before(times_, mailbox);
  if (mailbox.expunge_times) {
    std::vector<ExpungeTime> times = with_coarse_past(*mailbox.expunge_times, times_.now);
    auto is_kept = [&](const ExpungeTime& one) { return !times_.purge && one.time > expired; };
    auto kept = std::ranges::find_if(times, is_kept);
    if (kept != times.begin()) mailbox.forgotten_modseq = (kept - 1)->modseq;
    times.erase(times.begin(), kept);
    mailbox.expunge_times =
        times.empty() ? nullptr : std::make_shared<const std::vector<ExpungeTime>>(std::move(times));
  }
  if (mailbox.former) {
    std::vector<FormerInbox> former = *mailbox.former;
    std::erase_if(former, [this](const FormerInbox& one) { return one.time <= former_before(); });
    mailbox.former = former.empty() ? nullptr : std::make_shared<const std::vector<FormerInbox>>(std::move(former));
  }
}

// A chunk takes in its smaller neighbours as it grows, so that each row is rewritten a logarithmic number of times and
// the chunks at the end of a mailbox stay few. One that cannot be read stands for itself.
std::vector<MailboxCheckpoint::Group> MailboxCheckpoint::group(const MailboxState& before,
                                                               const MailboxState& after) const {
  std::vector<Group> groups;
  auto may_rewrite = [this](const Chunk& chunk) { return times_.purge || can_read(chunk); };
  for (const ChunkPtr& chunk : before.chunks) {
    bool rewrite = !chunk->is_written() || (may_rewrite(*chunk) && is_wasteful(*chunk, before, after));
    groups.push_back({{chunk}, chunk->rows, rewrite});
    while (groups.size() >= 2) {
      Group& last = groups.back();
      Group& left = *(groups.end() - 2);
      if (!last.rewrite || !may_rewrite(*left.sources.back()) || left.rows > 2 * last.rows ||
          left.rows + last.rows > kChunkRowsMax)
        break;
      left.sources.insert(left.sources.end(), last.sources.begin(), last.sources.end());
      left.rows += last.rows;
      left.rewrite = true;
      groups.pop_back();
    }
  }
  return groups;
}

ChunkPtr MailboxCheckpoint::write_hot(const Chunk& chunk) {
  auto written = std::make_shared<Chunk>(chunk);
  written->hot_page = sink_.put(write_hot_page(chunk));
  written->hot_dirty = false;
  return written;
}

ChunkPtr MailboxCheckpoint::rewrite(const Group& group, ModSeq forgotten) {
  std::vector<HotRow> hot;
  std::vector<ColdRow> cold;
  hot.reserve(group.rows);
  cold.reserve(group.rows);
  for (const ChunkPtr& chunk : group.sources) {
    for (uint32_t i = 0; i < chunk->rows; ++i) {
      const ColdRow& row = chunk->cold_row(i);
      if (may_go(chunk->hot_row(i), forgotten)) {
        if (row.card == ColdRow::Card::segment) released.push_back(row.card_home);
        continue;
      }
      hot.push_back(chunk->hot_row(i));
      cold.push_back(row);
      cards_.pack(cold.back());
    }
  }
  if (hot.empty()) return nullptr;
  std::shared_ptr<Chunk> chunk = build_chunk(hot, cold);
  chunk->cold_page = sink_.put(write_cold_page(*chunk));
  chunk->hot_page = sink_.put(write_hot_page(*chunk));
  return chunk;
}

ChunkPtr MailboxCheckpoint::write(const Group& group, ModSeq forgotten) {
  if (!group.rewrite) {
    const ChunkPtr& chunk = group.sources.front();
    return chunk->hot_dirty ? write_hot(*chunk) : chunk;
  }
  size_t missing_before = need.size();
  for (const ChunkPtr& chunk : group.sources) {
    if (!chunk->hot) need.push_back(chunk->hot_page);
    if (!chunk->cold) need.push_back(chunk->cold_page);
  }
  return need.size() == missing_before ? rewrite(group, forgotten) : nullptr;
}

void MailboxCheckpoint::write_traces(Traces& traces) {
  if (traces.young().size() >= kTracesInEntryMax) traces.seal_young();
  std::vector<TraceBlock> sealed = traces.sealed();
  for (TraceBlock& block : sealed) {
    if (block.page.value == 0) block.page = sink_.put(write_trace_page(block));
  }
  traces.replace_sealed(std::move(sealed));
}

MailboxState MailboxCheckpoint::run(const MailboxState& mailbox) {
  MailboxState next = mailbox;
  next.clean = false;
  forget_expired(next);
  next.chunks.clear();
  for (const Group& one : group(mailbox, next)) {
    if (ChunkPtr chunk = write(one, next.forgotten_modseq)) next.chunks.push_back(std::move(chunk));
  }
  write_traces(next.traces);
  return next;
}

}  // namespace roost::mail
