#include "mail/former.h"

#include <algorithm>
#include <map>

#include "mail/account_state.h"
#include "mail/departed.h"
#include "mail/row_edit.h"

namespace roost::mail {
namespace {

// With the id of one that is there or was deleted: ids are never used again.
const MailboxState* find_source(const AccountState& state, MailboxId id) {
  for (const auto* mailboxes : {&state.mailboxes, &state.deleted}) {
    if (const MailboxPtr* found = mailboxes->find(id)) return found->get();
  }
  return nullptr;
}

// Whether a row was there at `time`, as `roost undelete --at` takes it: what is in doubt was.
bool was_there(const MailboxState& mailbox, const HotRow& hot, const ColdRow& cold, int64_t time) {
  if (cold.save_date > time) return false;
  if (!hot.dead) return mailbox.deleted_time == 0 || mailbox.deleted_time >= time;
  std::optional<int64_t> left = left_at(mailbox, hot.modseq);
  return left && *left >= time;
}

// One mailbox on its way back.
class Former {
 public:
  Former(const MailboxState& source, int64_t time, const std::unordered_set<uint64_t>& gone)
      : source_(source), time_(time), gone_(gone) {
    for (const ChunkPtr& chunk : source.chunks) chunks_.push_back(former_chunk(*chunk));
  }

  MailboxState state(ModSeq modseq, std::shared_ptr<const Acl> acl, bool with_rows) const {
    MailboxState out;
    out.account = source_.account;
    out.id = source_.id;
    out.label = std::make_shared<const MailboxName>(MailboxName{source_.name(), {}});
    out.acl = std::move(acl);
    out.uidvalidity = source_.uidvalidity;
    out.uidnext = out.recent_uid = uidnext_;
    out.highest_modseq = modseq;
    out.messages = static_cast<uint32_t>(counts_.live);
    out.unseen = static_cast<uint32_t>(counts_.unseen);
    out.deleted = static_cast<uint32_t>(counts_.deleted);
    out.bytes = bytes_;
    out.deleted_bytes = deleted_bytes_;
    out.keywords = source_.keywords;
    if (with_rows) out.chunks = chunks_;
    // Of what is not there any more nothing is said one by one, and none of it can be read.
    out.traces = Traces::from_parts({}, {}, modseq);
    out.forgotten_modseq = ModSeq(INT64_MAX);
    return out;
  }
  bool empty() const { return counts_.live == 0; }
  ModSeq oldest_expunge() const { return oldest_expunge_; }

 private:
  ChunkPtr former_chunk(const Chunk& now) {
    auto chunk = std::make_shared<Chunk>(now);
    auto leaves = std::make_shared<HotLeaves>(*now.hot);
    RowCounts before = counts_;
    chunk->modseq_max = ModSeq();
    uint32_t base = 0;
    for (HotLeaf& leaf : *leaves) {
      leaf = former_leaf(now, base, leaf);
      chunk->modseq_max = std::max(chunk->modseq_max, leaf.modseq_max);
      base += leaf.rows;
    }
    chunk->live = static_cast<uint32_t>(counts_.live - before.live);
    chunk->unseen = static_cast<uint32_t>(counts_.unseen - before.unseen);
    chunk->deleted = static_cast<uint32_t>(counts_.deleted - before.deleted);
    chunk->hot = std::move(leaves);
    return chunk;
  }

  // A column of its own only where a row is not as it was.
  HotLeaf former_leaf(const Chunk& chunk, uint32_t base, const HotLeaf& now) {
    HotLeaf leaf = now;
    leaf.live = 0;
    leaf.modseq_max = ModSeq();
    for (uint32_t i = 0; i < now.rows; ++i) {
      const HotRow& row = now.begin()[i];
      HotRow former = former_row(row, chunk.cold_row(base + i));
      if (former.dead != row.dead && leaf.column == now.column)
        leaf.column = copy_column(now.begin(), now.rows, now.rows);
      if (former.dead != row.dead) leaf.column->fresh_data()[i] = former;
      if (former.dead) continue;
      ++leaf.live;
      leaf.modseq_max = std::max(leaf.modseq_max, former.modseq);
    }
    return leaf;
  }

  HotRow former_row(HotRow row, const ColdRow& cold) {
    if (cold.save_date <= time_) uidnext_ = row.uid.next();
    const bool expunged = row.dead;
    row.dead = !was_there(source_, row, cold, time_) || gone_.contains(cold.blob);
    if (row.dead) return row;
    if (expunged) {
      row.flags &= ~SystemFlags(SystemFlag::deleted);  // for its expunge
      oldest_expunge_ = oldest_expunge_.value == 0 ? row.modseq : std::min(oldest_expunge_, row.modseq);
    }
    counts_.change({}, RowCounts::of(row));
    bytes_ += cold.size;
    if (row.flags.has(SystemFlag::deleted)) deleted_bytes_ += cold.size;
    return row;
  }

  const MailboxState& source_;
  const int64_t time_;
  const std::unordered_set<uint64_t>& gone_;
  std::vector<ChunkPtr> chunks_;
  RowCounts counts_;
  uint64_t bytes_ = 0;
  uint64_t deleted_bytes_ = 0;
  Uid uidnext_{1};
  ModSeq oldest_expunge_;
};

}  // namespace

std::vector<FormerMailbox> former_mailboxes(const Snapshot& now, int64_t time, std::optional<std::string_view> name) {
  const AccountState& state = now.state();
  std::map<std::string, const MailboxState*> found;
  state.deleted.for_each([&](MailboxId, const MailboxPtr& mailbox) {
    bool wanted = !mailbox->noselect && mailbox->deleted_time >= time && (!name || *name == mailbox->name());
    if (!wanted) return true;
    const MailboxState*& first = found[mailbox->name()];
    if (first == nullptr || mailbox->deleted_time < first->deleted_time) first = mailbox.get();
    return true;
  });
  auto add_living = [&](const std::string& living, MailboxId id) {
    const MailboxPtr& mailbox = *state.mailboxes.find(id);
    if (!mailbox->noselect) found.emplace(living, mailbox.get());
    return true;
  };
  const MailboxId* one = name ? state.names.find(*name) : nullptr;
  if (one != nullptr) add_living(std::string(*name), *one);
  if (!name) state.names.for_each(add_living);
  std::vector<FormerMailbox> out;
  out.reserve(found.size());
  for (const auto& [each, mailbox] : found) out.push_back({each, mailbox->id});
  return out;
}

std::vector<PageId> pages_of_former(const Snapshot& now, MailboxId mailbox) {
  static const UidSet kAll{{Uid(1), Uid(UINT32_MAX)}};
  std::vector<PageId> pages;
  const MailboxState* source = find_source(now.state(), mailbox);
  if (source == nullptr) return pages;
  for (const ChunkPtr& chunk : source->chunks) {
    if (!chunk->hot) pages.push_back(chunk->hot_page);
    if (!chunk->cold) pages.push_back(chunk->cold_page);
  }
  return pages;
}

std::vector<BlobId> doubtful_bodies(const Snapshot& now, MailboxId mailbox, int64_t time) {
  const AccountState& state = now.state();
  std::vector<BlobId> out;
  const MailboxState* source = find_source(state, mailbox);
  if (source == nullptr) return out;
  for_each_departed(*source, [&](const Departed& one) {
    uint64_t blob = one.cold().blob;
    if (!was_there(*source, *one.hot, one.cold(), time) || state.dead_blobs.find(blob) != nullptr) return;
    out.push_back({state.id, blob});
  });
  return out;
}

bool is_kept(const Snapshot& now, const FormerSource& source) {
  const MailboxState* mailbox = find_source(now.state(), source.mailbox);
  if (mailbox == nullptr) return false;
  const bool shows_forgotten = source.oldest_expunge.value != 0 && source.oldest_expunge <= mailbox->forgotten_modseq;
  return !shows_forgotten && mailbox->forgotten_modseq <= source.newest;
}

FormerAccount::FormerAccount(const Snapshot& now, Acl acl)
    : state_(std::make_shared<AccountState>()), acl_(std::make_shared<const Acl>(std::move(acl))) {
  state_->id = now.state().id;
  state_->position = now.position();
  state_->modseq = now.modseq();
  state_->layout = std::make_shared<const Layout>();
}

void FormerAccount::add(const Snapshot& now, const FormerMailbox& mailbox, int64_t time,
                        const std::unordered_set<uint64_t>& gone, bool rows) {
  const MailboxState* source = find_source(now.state(), mailbox.id);
  if (source == nullptr) return;
  Former former(*source, time, gone);
  if (former.empty()) return;
  auto state = std::make_shared<MailboxState>(former.state(now.modseq(), acl_, rows));
  if (state->name() != mailbox.name) {
    state->label = std::make_shared<const MailboxName>(MailboxName{mailbox.name, {}});  // renamed meanwhile
  }
  state_->mailboxes.set(mailbox.id, std::move(state));
  state_->names.set(mailbox.name, mailbox.id);
  sources_.push_back({mailbox.id, former.oldest_expunge(), now.modseq()});
}

SnapshotPtr FormerAccount::snapshot() const { return std::make_shared<const Snapshot>(state_); }

}  // namespace roost::mail
