// Everything that a snapshot claims, worked out again from its rows.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "mail/account_state.h"
#include "mail/checkpoint.h"
#include "mail/mailbox_path.h"
#include "mail/row_edit.h"

namespace roost::mail {
namespace {

class Findings {
 public:
  template <class A, class B>
  void expect_equal(const A& claimed, const B& counted, const std::string& what) {
    if (static_cast<uint64_t>(claimed) != static_cast<uint64_t>(counted)) {
      add(fmt::format("{}: {} claimed, {} counted", what, claimed, counted));
    }
  }
  void expect(bool holds, const std::string& what) {
    if (!holds) add(what);
  }
  void add(std::string what) {
    constexpr size_t kFindingsMax = 1'000;
    if (list.size() < kFindingsMax) list.push_back(std::move(what));
  }

  std::vector<std::string> list;
};

// References that rows hold.
struct References {
  std::unordered_map<uint64_t, uint32_t> blobs;
  std::unordered_map<uint64_t, uint32_t> segments;
  bool all_segments = true;  // none was passed over
};

class MailboxCheck {
 public:
  MailboxCheck(const MailboxState& mailbox, Findings& findings, References& references)
      : mailbox_(mailbox), findings_(findings), references_(references), what_("mailbox " + mailbox.name()) {}

  void run() {
    for (const ChunkPtr& chunk : mailbox_.chunks) {
      if (!chunk->hot || !chunk->cold) return findings_.add(what_ + ": a chunk is not loaded");
      check_chunk(*chunk);
    }
    findings_.expect_equal(mailbox_.messages, counts_.live, what_ + ": messages");
    findings_.expect_equal(mailbox_.unseen, counts_.unseen, what_ + ": unseen");
    findings_.expect_equal(mailbox_.deleted, counts_.deleted, what_ + ": deleted");
    findings_.expect_equal(mailbox_.bytes, bytes_, what_ + ": bytes");
    findings_.expect_equal(mailbox_.deleted_bytes, deleted_bytes_, what_ + ": deleted bytes");
    findings_.expect(last_uid_ < mailbox_.uidnext, what_ + ": a uid not below uidnext");
    findings_.expect(mailbox_.recent_uid <= mailbox_.uidnext, what_ + ": recent beyond uidnext");
    check_traces();
    check_keywords();
    check_seen();
  }

 private:
  void check_chunk(const Chunk& chunk) {
    findings_.expect(
        chunk.rows > 0 && chunk.uid_min == chunk.hot_row(0).uid && chunk.uid_max == chunk.hot_row(chunk.rows - 1).uid,
        what_ + ": uids of a chunk");
    RowCounts before = counts_;
    uint32_t rows = 0;
    for (const HotLeaf& leaf : *chunk.hot) {
      findings_.expect(leaf.rows == std::min(kLeafRows, chunk.rows - rows), what_ + ": a leaf is not full");
      check_leaf(chunk, leaf, rows);
      rows += leaf.rows;
      findings_.expect(leaf.modseq_max <= chunk.modseq_max, what_ + ": highest MODSEQ of a chunk");
    }
    findings_.expect_equal(chunk.rows, rows, what_ + ": rows of a chunk");
    findings_.expect_equal(chunk.live, counts_.live - before.live, what_ + ": messages of a chunk");
    findings_.expect_equal(chunk.unseen, counts_.unseen - before.unseen, what_ + ": unseen of a chunk");
    findings_.expect_equal(chunk.deleted, counts_.deleted - before.deleted, what_ + ": deleted of a chunk");
    findings_.expect(chunk.modseq_max <= mailbox_.highest_modseq, what_ + ": MODSEQ above HIGHESTMODSEQ");
  }

  void check_leaf(const Chunk& chunk, const HotLeaf& leaf, uint32_t first) {
    uint16_t live = 0;
    for (uint32_t i = 0; i < leaf.rows; ++i) {
      const HotRow& row = leaf.begin()[i];
      check_row(row, chunk.cold_row(first + i));
      if (row.dead) continue;
      ++live;
      findings_.expect(row.modseq <= leaf.modseq_max, what_ + ": highest MODSEQ of a leaf");
    }
    findings_.expect_equal(leaf.live, live, what_ + ": messages of a leaf");
  }

  void check_row(const HotRow& hot, const ColdRow& cold) {
    findings_.expect(hot.uid > last_uid_, what_ + ": uids are not ascending");
    last_uid_ = hot.uid;
    findings_.expect(hot.modseq.value > 0 && hot.modseq <= mailbox_.highest_modseq, what_ + ": MODSEQ of a message");
    if (cold.card == ColdRow::Card::segment) ++references_.segments[cold.card_home];
    RowCounts one = RowCounts::of(hot);
    counts_.change({}, one);
    if (hot.dead) return;
    findings_.expect(hot.keywords.value < mailbox_.keywords->set_count(), what_ + ": unknown keyword set");
    bytes_ += cold.size;
    if (one.deleted != 0) deleted_bytes_ += cold.size;
    ++references_.blobs[cold.blob];
    if (cold.card == ColdRow::Card::blob) ++references_.blobs[cold.card_home];
  }

  void check_traces() {
    std::vector<Trace> traces;
    for (const TraceBlock& block : mailbox_.traces.sealed()) {
      if (!block.traces) {
        findings_.add(what_ + ": traces are not loaded");
        return;
      }
      traces.insert(traces.end(), block.traces->data(), block.traces->data() + block.count);
    }
    auto young = mailbox_.traces.young();
    traces.insert(traces.end(), young.begin(), young.end());
    findings_.expect_equal(mailbox_.traces.size(), traces.size(), what_ + ": traces");
    findings_.expect(std::ranges::is_sorted(traces, {}, &Trace::modseq), what_ + ": order of traces");
    if (!traces.empty()) {
      findings_.expect(traces.back().modseq <= mailbox_.highest_modseq, what_ + ": a trace above HIGHESTMODSEQ");
    }
    std::vector<UidRange> gone;
    for (const Trace& trace : traces) gone.push_back(trace.uids);
    bool alive = false;
    for_each_live_row(mailbox_, UidSet::from_ranges(std::move(gone)),
                      [&alive](const Chunk&, uint32_t, const HotRow&) { alive = true; });
    findings_.expect(!alive, what_ + ": a trace of a message that is there");
  }

  void check_keywords() {
    const KeywordTable& table = *mailbox_.keywords;
    for (size_t i = 0; i < table.names().size(); ++i) {
      findings_.expect(table.find(table.names()[i]) == i, what_ + ": keyword " + table.names()[i]);
    }
    for (uint32_t i = 0; i < table.set_count(); ++i) {
      KeywordSet set(static_cast<uint16_t>(i));
      const KeywordIndexes& indexes = table.set(set);
      bool sound = std::ranges::adjacent_find(indexes, std::greater_equal<>()) == indexes.end() &&
                   (indexes.empty() || indexes.back() < table.names().size()) && table.find_set(indexes) == set;
      findings_.expect(sound, what_ + ": keyword set");
    }
  }

  void check_seen() {
    size_t runs = 0;
    size_t dirty_runs = 0;
    mailbox_.seen.for_each([&](AccountId user, const SeenColumn& column) {
      UidSet uids;
      uint32_t seen = 0;
      column.blocks().for_each([&](uint32_t, const SeenBlockPtr& block) {
        for (const SeenRun& run : block->runs) uids.append(run.uids);
        SeenBlockPtr counted = SeenBlock::of(block->runs, block->clean);
        findings_.expect_equal(block->seen, counted->seen, what_ + ": seen of a block");
        findings_.expect(block->modseq_max == counted->modseq_max, what_ + ": highest MODSEQ of what is seen");
        seen += counted->seen;
        runs += block->runs.size();
        dirty_runs += block->clean ? 0 : block->runs.size();
        return true;
      });
      uint64_t live = 0;
      for_each_live_row(mailbox_, uids, [&live](const Chunk&, uint32_t, const HotRow&) { ++live; });
      findings_.expect_equal(uids.count(), live, fmt::format("{}: messages of user {}", what_, user.value));
      findings_.expect_equal(column.seen(), seen, fmt::format("{}: seen by user {}", what_, user.value));
      findings_.expect(!uids.empty(), fmt::format("{}: nothing seen by user {}", what_, user.value));
    });
    findings_.expect_equal(mailbox_.seen.runs(), runs, what_ + ": runs of what is seen");
    findings_.expect_equal(mailbox_.seen.dirty_runs(), dirty_runs, what_ + ": changed runs of what is seen");
  }

  const MailboxState& mailbox_;
  Findings& findings_;
  References& references_;
  std::string what_;
  RowCounts counts_;
  uint64_t bytes_ = 0;
  uint64_t deleted_bytes_ = 0;
  Uid last_uid_;
};

// What is left of a deleted mailbox needs its cards and no bodies. Its rows need not be loaded.
void count_segments(const MailboxState& deleted, References& references) {
  for (const ChunkPtr& chunk : deleted.chunks) {
    if (!chunk->cold) {
      references.all_segments = false;
      continue;
    }
    for (uint32_t i = 0; i < chunk->rows; ++i) {
      const ColdRow& row = chunk->cold_row(i);
      if (row.card == ColdRow::Card::segment) ++references.segments[row.card_home];
    }
  }
}

void check_names(const AccountState& state, Findings& findings) {
  findings.expect_equal(state.mailboxes.size(), state.names.size(), "names of mailboxes");
  state.names.for_each([&](const std::string& name, MailboxId id) {
    const MailboxPtr* mailbox = state.mailboxes.find(id);
    findings.expect(mailbox != nullptr && (*mailbox)->name() == name, "name " + name);
    for (const std::string& superior : superiors_of(name)) {
      findings.expect(state.names.contains(superior), "mailbox " + name + ": no superior " + superior);
    }
    return true;
  });
}

void check_metadata(const AccountState& state, Findings& findings) {
  uint64_t bytes = 0;
  state.metadata.for_each([&](MailboxId id, const MetadataPtr& metadata) {
    findings.expect(id.value == 0 || state.mailboxes.contains(id),
                    fmt::format("annotations of no mailbox {}", id.value));
    Metadata counted;
    for (const auto& [key, value] : metadata->entries) counted.set(key, value);
    findings.expect(!counted.entries.empty(), fmt::format("no annotations of mailbox {}", id.value));
    findings.expect_equal(metadata->bytes, counted.bytes, fmt::format("annotations of mailbox {}", id.value));
    bytes += counted.bytes;
    return true;
  });
  findings.expect_equal(state.metadata_bytes, bytes, "annotations of the account");
}

void check_segments(const AccountState& state, const References& references, Findings& findings) {
  if (references.all_segments) {
    findings.expect_equal(state.segment_cards.size(), references.segments.size(), "card segments");
  }
  for (const auto& [page, count] : references.segments) {
    const uint32_t* claimed = state.segment_cards.find(page);
    uint32_t cards = claimed != nullptr ? *claimed : 0;
    if (references.all_segments || cards < count) {
      findings.expect_equal(cards, count, fmt::format("cards in segment {}", page));
    }
  }
}

void check_blobs(const AccountState& state, const References& references, Findings& findings) {
  auto is_reserved = [&state](uint64_t serial) {
    const auto* entry = state.reserved.floor(serial);
    return entry != nullptr && serial <= entry->second.last;
  };
  uint64_t shared = 0;
  for (const auto& [serial, count] : references.blobs) {
    const uint32_t* claimed = state.body_counts.find(serial);
    shared += count > 1 ? 1 : 0;
    findings.expect_equal(claimed != nullptr ? *claimed : 1, count, fmt::format("references to blob {}", serial));
    findings.expect(state.dead_blobs.find(serial) == nullptr, fmt::format("blob {} is needed and dead", serial));
    findings.expect(!is_reserved(serial), fmt::format("blob {} is needed and reserved", serial));
    findings.expect(serial < state.next_blob, fmt::format("blob {} is not given out yet", serial));
  }
  findings.expect_equal(state.body_counts.size(), shared, "blobs with several references");
  check_segments(state, references, findings);
}

}  // namespace

ModSeq traces_floor(const Mailbox& mailbox) { return state_of(mailbox).traces.floor(); }

std::vector<std::string> check_snapshot(const Snapshot& snapshot) {
  const AccountState& state = snapshot.state();
  Findings findings;
  References references;
  uint64_t selectable = 0;
  uint64_t messages = 0;
  uint64_t bytes = 0;
  state.mailboxes.for_each([&](MailboxId id, const MailboxPtr& mailbox) {
    MailboxCheck(*mailbox, findings, references).run();
    selectable += mailbox->noselect ? 0 : 1;
    messages += mailbox->messages;
    bytes += mailbox->bytes;
    findings.expect(mailbox->id == id && id < state.next_mailbox, "id of mailbox " + mailbox->name());
    findings.expect(mailbox->uidvalidity.value < state.next_uidvalidity, "UIDVALIDITY of mailbox " + mailbox->name());
    findings.expect(mailbox->highest_modseq <= state.modseq, "HIGHESTMODSEQ of mailbox " + mailbox->name());
    return true;
  });
  state.deleted.for_each([&](MailboxId id, const MailboxPtr& mailbox) {
    count_segments(*mailbox, references);
    findings.expect(mailbox->id == id && id < state.next_mailbox, "id of deleted mailbox " + mailbox->name());
    return true;
  });
  findings.expect_equal(state.selectable, selectable, "mailboxes of the account");
  findings.expect_equal(state.messages, messages, "messages of the account");
  findings.expect_equal(state.bytes, bytes, "bytes of the account");
  check_names(state, findings);
  check_metadata(state, findings);
  check_blobs(state, references, findings);
  return std::move(findings.list);
}

}  // namespace roost::mail
