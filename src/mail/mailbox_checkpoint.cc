#include <algorithm>

#include "mail/checkpoint_writer.h"
#include "mail/chunk_page.h"
#include "mail/mailbox_entry.h"

namespace roost::mail {
namespace {

constexpr uint32_t kTracesInEntryMax = 512;  // more of them become a page

bool may_go(const HotRow& row, ModSeq forgotten) { return row.dead && row.modseq <= forgotten; }

// Whether a quarter of the rows are dead and forgotten: then they go, and the rest is written anew. Of a chunk that is
// not in memory only what its index entry tells is used: it is loaded when half of it may go.
bool is_wasteful(const Chunk& chunk, const MailboxState& mailbox) {
  uint32_t dead = chunk.rows - chunk.live;
  if (dead == 0 || dead < chunk.rows / 4) return false;
  if (!chunk.hot) return !mailbox.expunge_times && dead >= chunk.rows / 2;
  uint32_t gone = 0;
  for (uint32_t i = 0; i < chunk.rows; ++i) gone += may_go(chunk.hot_row(i), mailbox.forgotten_modseq) ? 1 : 0;
  return gone > 0 && gone >= chunk.rows / 4;
}

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

bool MailboxCheckpoint::concerns(const MailboxState& mailbox) const {
  if (!mailbox.clean) return true;
  if (mailbox.former && mailbox.former->front().time <= expired_before()) return true;
  return mailbox.expunge_times && mailbox.expunge_times->front().time <= expired_before();
}

void MailboxCheckpoint::forget_expired(MailboxState& mailbox) const {
  if (mailbox.expunge_times) {
    std::vector<ExpungeTime> times = *mailbox.expunge_times;
    auto kept = std::ranges::find_if(times, [&](const ExpungeTime& one) { return one.time > expired_before(); });
    if (kept != times.begin()) mailbox.forgotten_modseq = (kept - 1)->modseq;
    times.erase(times.begin(), kept);
    mailbox.expunge_times =
        times.empty() ? nullptr : std::make_shared<const std::vector<ExpungeTime>>(std::move(times));
  }
  if (mailbox.former) {
    std::vector<FormerInbox> former = *mailbox.former;
    std::erase_if(former, [&](const FormerInbox& one) { return one.time <= expired_before(); });
    mailbox.former = former.empty() ? nullptr : std::make_shared<const std::vector<FormerInbox>>(std::move(former));
  }
}

// A chunk takes in its smaller neighbours as it grows, so that each row is rewritten a logarithmic number of times and
// the chunks at the end of a mailbox stay few.
std::vector<MailboxCheckpoint::Group> MailboxCheckpoint::group(const MailboxState& mailbox) const {
  std::vector<Group> groups;
  for (const ChunkPtr& chunk : mailbox.chunks) {
    groups.push_back({{chunk}, chunk->rows, !chunk->is_written() || is_wasteful(*chunk, mailbox)});
    while (groups.size() >= 2) {
      Group& last = groups.back();
      Group& before = *(groups.end() - 2);
      if (!last.rewrite || before.rows > 2 * last.rows || before.rows + last.rows > kChunkRowsMax) break;
      before.sources.insert(before.sources.end(), last.sources.begin(), last.sources.end());
      before.rows += last.rows;
      before.rewrite = true;
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
  MailboxState sources = mailbox;
  sources.forgotten_modseq = next.forgotten_modseq;
  sources.expunge_times = next.expunge_times;
  for (const Group& one : group(sources)) {
    if (ChunkPtr chunk = write(one, next.forgotten_modseq)) next.chunks.push_back(std::move(chunk));
  }
  write_traces(next.traces);
  return next;
}

}  // namespace roost::mail
