#include "mail/mailbox_entry.h"

#include <algorithm>
#include <functional>

namespace roost::mail {
namespace {

Fail damaged(const char* what) { return fault(std::string("mailbox entry: ") + what, Code::corruption); }

uint32_t read_u32(Decoder& in) {
  uint64_t value = in.varint();
  if (value > UINT32_MAX) in.fail();
  return static_cast<uint32_t>(value);
}

void write_strings(Encoder& out, const std::vector<std::string>& strings) {
  out.varint(strings.size());
  for (const std::string& s : strings) out.bytes(s);
}
std::vector<std::string> read_strings(Decoder& in) {
  std::vector<std::string> strings(in.count());
  for (std::string& s : strings) s = std::string(in.bytes());
  return strings;
}

// --- keywords ---

void write_keywords(Encoder& out, const KeywordTable& table) {
  write_strings(out, table.names());
  out.varint(table.set_count() - 1);  // without the empty one
  for (uint32_t i = 1; i < table.set_count(); ++i) {
    const KeywordIndexes& set = table.set(KeywordSet(static_cast<uint16_t>(i)));
    out.varint(set.size());
    for (uint16_t index : set) out.varint(index);
  }
}

Result<KeywordIndexes> read_keyword_set(Decoder& in, const KeywordTable& table) {
  KeywordIndexes set(in.count());
  for (uint16_t& index : set) {
    uint64_t value = in.varint();
    if (value >= table.names().size()) in.fail();
    index = static_cast<uint16_t>(value);
  }
  bool ascending = std::ranges::adjacent_find(set, std::greater_equal<>()) == set.end();
  if (in.failed() || set.empty() || !ascending || table.find_set(set)) return damaged("keyword set");
  return set;
}

Result<std::shared_ptr<const KeywordTable>> read_keywords(Decoder& in) {
  auto table = std::make_shared<KeywordTable>();
  std::vector<std::string> names = read_strings(in);
  if (names.size() > UINT16_MAX) return damaged("too many keywords");
  if (!names.empty()) table->add(names);
  for (size_t i = 0; i < names.size(); ++i) {
    if (table->find(names[i]) != i) return damaged("a keyword twice");
  }
  uint64_t sets = in.count();
  if (sets > UINT16_MAX - 1) return damaged("too many keyword sets");
  if (names.empty() && sets == 0) return KeywordTable::empty();
  for (uint64_t i = 0; i < sets; ++i) {
    ROOST_TRY(KeywordIndexes set, read_keyword_set(in, *table));
    table->add_set(std::move(set));
  }
  return table;
}

// --- index entries of chunks ---

void write_chunks(Encoder& out, const std::vector<ChunkPtr>& chunks) {
  out.varint(chunks.size());
  uint32_t before = 0;
  for (const ChunkPtr& chunk : chunks) {
    out.varint(chunk->uid_min.value - before);
    out.varint(chunk->uid_max.value - chunk->uid_min.value);
    before = chunk->uid_max.value;
    out.varint(chunk->rows);
    out.varint(chunk->live);
    out.varint(chunk->unseen);
    out.varint(chunk->deleted);
    out.varint(chunk->modseq_max.value);
    out.varint(chunk->cold_page.value);
    out.varint(chunk->hot_page.value);
  }
}

Result<ChunkPtr> read_chunk(Decoder& in, uint64_t before) {
  auto chunk = std::make_shared<Chunk>();
  uint64_t gap = in.varint();
  uint64_t length = in.varint();
  bool sound = gap > 0 && gap <= UINT32_MAX && length <= UINT32_MAX && before + gap + length <= UINT32_MAX;
  if (!sound) return damaged("uids of a chunk");
  chunk->uid_min = Uid(static_cast<uint32_t>(before + gap));
  chunk->uid_max = Uid(static_cast<uint32_t>(before + gap + length));
  chunk->rows = read_u32(in);
  chunk->live = read_u32(in);
  chunk->unseen = read_u32(in);
  chunk->deleted = read_u32(in);
  chunk->modseq_max = ModSeq(in.varint());
  chunk->cold_page = PageId(in.varint());
  chunk->hot_page = PageId(in.varint());
  sound = chunk->rows > 0 && chunk->rows <= kChunkRowsMax && chunk->rows <= length + 1 && chunk->live <= chunk->rows &&
          chunk->unseen <= chunk->live && chunk->deleted <= chunk->live && chunk->cold_page.value != 0 &&
          chunk->hot_page.value != 0;
  if (in.failed() || !sound) return damaged("a chunk");
  return chunk;
}

Result<> read_chunks(Decoder& in, MailboxState& mailbox) {
  constexpr size_t kChunkEntryBytesMin = 9;
  uint64_t count = in.count(kChunkEntryBytesMin);
  mailbox.chunks.reserve(count);
  uint64_t before = 0;
  uint64_t live = 0;
  uint64_t unseen = 0;
  uint64_t deleted = 0;
  for (uint64_t i = 0; i < count; ++i) {
    ROOST_TRY(ChunkPtr chunk, read_chunk(in, before));
    before = chunk->uid_max.value;
    live += chunk->live;
    unseen += chunk->unseen;
    deleted += chunk->deleted;
    if (chunk->modseq_max > mailbox.highest_modseq) return damaged("MODSEQ of a chunk");
    mailbox.chunks.push_back(std::move(chunk));
  }
  if (before >= mailbox.uidnext.value || live != mailbox.messages || unseen != mailbox.unseen ||
      deleted != mailbox.deleted) {
    return damaged("counters");
  }
  return {};
}

// --- traces ---

void write_traces(Encoder& out, const Traces& traces) {
  out.varint(traces.floor().value);
  out.varint(traces.sealed().size());
  for (const TraceBlock& block : traces.sealed()) {
    out.varint(block.modseq_min.value);
    out.varint(block.modseq_max.value);
    out.varint(block.count);
    out.varint(block.page.value);
  }
  write_trace_list(out, traces.young());
}

Result<Traces> read_traces(Decoder& in, ModSeq highest) {
  ModSeq floor(in.varint());
  std::vector<TraceBlock> sealed(in.count(4));
  ModSeq before;
  for (TraceBlock& block : sealed) {
    block.modseq_min = ModSeq(in.varint());
    block.modseq_max = ModSeq(in.varint());
    block.count = read_u32(in);
    block.page = PageId(in.varint());
    bool sound = block.modseq_min >= before && block.modseq_max >= block.modseq_min && block.count > 0 &&
                 block.count <= kTraceBlockMax && block.page.value != 0;
    if (!sound) return damaged("traces");
    before = block.modseq_max;
  }
  std::vector<Trace> young = read_trace_list(in);
  if (!young.empty() && (young.front().modseq < before || young.size() > kTraceBlockMax)) return damaged("traces");
  ModSeq last = young.empty() ? before : young.back().modseq;
  if (in.failed() || last > highest || floor > highest) return damaged("traces");
  return Traces::from_parts(std::move(sealed), young, floor);
}

void write_expunge_times(Encoder& out, const MailboxState& mailbox) {
  out.varint(mailbox.forgotten_modseq.value);
  out.varint(mailbox.expunge_times ? mailbox.expunge_times->size() : 0);
  if (!mailbox.expunge_times) return;
  for (const ExpungeTime& one : *mailbox.expunge_times) {
    out.varint(one.modseq.value);
    out.zigzag(one.time);
  }
}

void read_expunge_times(Decoder& in, MailboxState& mailbox) {
  mailbox.forgotten_modseq = ModSeq(in.varint());
  auto times = std::make_shared<std::vector<ExpungeTime>>(in.count(2));
  for (ExpungeTime& one : *times) {
    one.modseq = ModSeq(in.varint());
    one.time = in.zigzag();
  }
  if (!std::ranges::is_sorted(*times, {}, &ExpungeTime::modseq)) in.fail();
  if (!times->empty()) mailbox.expunge_times = std::move(times);
}

// --- numbers ---

// What else the entry says of the mailbox.
constexpr uint8_t kNoselectBit = 1;
constexpr uint8_t kAclBit = 2;  // its access control list stands at the end

void write_counters(Encoder& out, const MailboxState& mailbox) {
  out.varint(mailbox.uidvalidity.value);
  out.varint(mailbox.uidnext.value);
  out.varint(mailbox.recent_uid.value);
  out.varint(mailbox.highest_modseq.value);
  out.u8(static_cast<uint8_t>((mailbox.noselect ? kNoselectBit : 0) | (mailbox.acl ? kAclBit : 0)));
  out.varint(mailbox.messages);
  out.varint(mailbox.unseen);
  out.varint(mailbox.deleted);
  out.varint(mailbox.bytes);
  out.varint(mailbox.deleted_bytes);
}

bool read_counters(Decoder& in, MailboxState& mailbox, uint8_t& bits) {
  mailbox.uidvalidity = UidValidity(read_u32(in));
  mailbox.uidnext = Uid(read_u32(in));
  mailbox.recent_uid = Uid(read_u32(in));
  mailbox.highest_modseq = ModSeq(in.varint());
  bits = in.u8();
  mailbox.noselect = (bits & kNoselectBit) != 0;
  mailbox.messages = read_u32(in);
  mailbox.unseen = read_u32(in);
  mailbox.deleted = read_u32(in);
  mailbox.bytes = in.varint();
  mailbox.deleted_bytes = in.varint();
  return (bits & ~(kNoselectBit | kAclBit)) == 0 && mailbox.uidvalidity.value > 0 && mailbox.uidnext.value > 0 &&
         mailbox.recent_uid <= mailbox.uidnext && mailbox.recent_uid.value > 0 && mailbox.highest_modseq.value > 0 &&
         mailbox.highest_modseq.value <= uint64_t{INT64_MAX};
}

}  // namespace

void write_mailbox_entry(Encoder& out, const MailboxState& mailbox) {
  out.varint(mailbox.id.value);
  out.bytes(mailbox.name());
  write_strings(out, mailbox.label->special_use);
  write_counters(out, mailbox);
  write_keywords(out, *mailbox.keywords);
  write_chunks(out, mailbox.chunks);
  write_expunge_times(out, mailbox);
  write_traces(out, mailbox.traces);
  if (mailbox.acl) write_acl(out, *mailbox.acl);
}

Result<MailboxState> read_mailbox_entry(Decoder& in, AccountId account) {
  MailboxState mailbox;
  mailbox.account = account;
  mailbox.clean = true;
  mailbox.id = MailboxId(in.varint());
  MailboxName label;
  label.name = std::string(in.bytes());
  label.special_use = read_strings(in);
  if (in.failed() || mailbox.id.value == 0 || label.name.empty()) return damaged("name");
  mailbox.label = std::make_shared<const MailboxName>(std::move(label));
  uint8_t bits = 0;
  if (!read_counters(in, mailbox, bits)) return damaged("counters");
  ROOST_TRY(mailbox.keywords, read_keywords(in));
  ROOST_TRY_VOID(read_chunks(in, mailbox));
  read_expunge_times(in, mailbox);
  ROOST_TRY(mailbox.traces, read_traces(in, mailbox.highest_modseq));
  if ((bits & kAclBit) != 0) mailbox.acl = std::make_shared<const Acl>(read_acl(in));
  if (in.failed()) return damaged("truncated");
  return mailbox;
}

void write_deleted_entry(Encoder& out, const MailboxState& mailbox) {
  out.zigzag(mailbox.deleted_time);
  write_mailbox_entry(out, mailbox);
}

Result<MailboxState> read_deleted_entry(Decoder& in, AccountId account) {
  int64_t time = in.zigzag();
  ROOST_TRY(MailboxState mailbox, read_mailbox_entry(in, account));
  if (time <= 0 || mailbox.noselect) return damaged("when it was deleted");
  mailbox.deleted_time = time;
  return mailbox;
}

}  // namespace roost::mail
