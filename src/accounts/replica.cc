#include "accounts/replica.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "mail/engine.h"

namespace roost::accounts {
namespace {

constexpr size_t kPagesAtOnce = 64;
// A record that still lacks pages after so many rounds of loading never will be content.
constexpr int kNeedRoundsMax = 1'000;

// Where another checkpoint replaced everything between: who stood before has to look for himself.
mail::Change unknown_change(const mail::Snapshot& before, const mail::Snapshot& after) {
  mail::Change change{after.position(), after.position(), {}};
  auto add = [&](const mail::Mailbox& mailbox, bool deleted) {
    mail::MailboxChange one;
    one.mailbox = mailbox.id();
    one.deleted = deleted;
    one.list_changed = true;
    change.mailboxes.push_back(std::move(one));
    return true;
  };
  after.for_each_mailbox([&](const mail::Mailbox& m) { return add(m, false); });
  before.for_each_mailbox([&](const mail::Mailbox& m) { return after.find(m.id()) ? true : add(m, true); });
  std::ranges::sort(change.mailboxes, {}, &mail::MailboxChange::mailbox);
  return change;
}

bool brings_messages(const mail::Change& change) {
  return change.is_unknown() ||
         std::ranges::any_of(change.mailboxes, [](const mail::MailboxChange& m) { return !m.appended.empty(); });
}

size_t bytes_of(const std::vector<store::LogRecord>& records) {
  size_t bytes = 0;
  for (const auto& record : records) bytes += record.record.size();
  return bytes;
}

// Too much to fold in one step of a loop.
bool is_heavy(const mail::Snapshot& base, const std::vector<store::LogRecord>& records) {
  constexpr uint64_t kRowsPerRecord = 25;  // what else a fold does takes about as long as so many rows
  if (bytes_of(records) > kLoopStepBytesMax) return true;
  uint64_t rows = records.size() * kRowsPerRecord;
  for (const auto& record : records) rows += mail::rows_to_fold(base, record.record);
  return rows > kLoopStepRowsMax;
}

size_t bytes_of(const std::vector<mail::LoadedPage>& pages) {
  size_t bytes = 0;
  for (const auto& page : pages) bytes += page.data.size();
  return bytes;
}

Fail corrupt(AccountId id, const Error& error) {
  log::error("account_corrupt", {{"account", id.value}, {"text", error.text}});
  return fault("account " + std::to_string(id.value) + ": " + error.text, Code::corruption);
}

}  // namespace

struct Replica::Folding {
  mail::SnapshotPtr snapshot;
  std::vector<mail::Change> changes;
  std::vector<store::LogRecord> records;
  size_t done = 0;
  std::vector<PageId> need;
  std::optional<Error> error;

  // On with it until the end, a need or an error. Any thread.
  void run() {
    need.clear();
    for (; done < records.size(); ++done) {
      auto outcome = mail::fold(snapshot, records[done].record, records[done].position);
      if (auto* lacking = std::get_if<mail::Need>(&outcome)) {
        need = std::move(lacking->pages);
        return;
      }
      if (auto* wrong = std::get_if<Error>(&outcome)) {
        error = std::move(*wrong);
        return;
      }
      auto& folded = std::get<mail::Folded>(outcome);
      snapshot = std::move(folded.snapshot);
      changes.push_back(std::move(folded.change));
    }
  }
};

Replica::Replica(Environment& env, AccountId id)
    : env_(env),
      id_(id),
      listeners_(std::make_shared<Listeners>(env.loops)),
      snapshot_(mail::empty_account(id, mail::kUnseeded)) {}

mail::SnapshotPtr Replica::snapshot() const {
  std::lock_guard lock(snapshot_mutex_);
  return snapshot_;
}

void Replica::publish(mail::SnapshotPtr snapshot, std::vector<mail::Change> changes) {
  const mail::SnapshotPtr shown = snapshot;
  for (const mail::Change& change : changes) {
    if (brings_messages(change)) last_arrival_ = change.after;
  }
  {
    std::lock_guard lock(snapshot_mutex_);
    snapshot_.swap(snapshot);
  }
  if (env_.observer != nullptr && !changes.empty()) env_.observer->changed(id_, *shown, changes);
  listeners_->tell(std::move(changes));
}

task<Result<>> Replica::open() {
  for (;;) {
    TimePoint asked = env_.clock.now();
    ROOST_CO_TRY(auto opened, co_await env_.store.open(id_));
    Generation generation = opened.generation;
    Result<> done = co_await rebase(std::move(opened));
    if (done) read_at_ = asked;
    if (done || done.error().code != Code::corruption) co_return done;
    // Another node's checkpoint may have taken the root's pages away meanwhile.
    ROOST_CO_TRY(auto again, co_await env_.store.since(id_, Position()));
    if (again.generation == generation) co_return corrupt(id_, done.error());
  }
}

task<Result<mail::SnapshotPtr>> Replica::read_root(Bytes root) {
  if (root.empty()) co_return mail::empty_account(id_, mail::kUnseeded);
  ROOST_CO_TRY(auto pages, mail::root_pages(root));
  ROOST_CO_TRY(auto loaded, co_await read_pages(std::move(pages)));
  if (bytes_of(loaded) <= kLoopStepBytesMax) co_return mail::open_root(id_, root, loaded);
  co_return co_await env_.pool.run(
      [id = id_, root = std::move(root), loaded = std::move(loaded)] { return mail::open_root(id, root, loaded); });
}

task<Result<>> Replica::rebase(store::Opened opened) {
  mail::SnapshotPtr before = snapshot();
  size_t tail_bytes = bytes_of(opened.tail);
  ROOST_CO_TRY(auto base, co_await read_root(std::move(opened.root)));
  ROOST_CO_TRY(auto folding, co_await fold_onto(std::move(base), std::move(opened.tail)));
  if (folding.snapshot->position() < before->position()) co_return fault("the log went back", Code::corruption);
  generation_ = opened.generation;
  root_position_ = opened.root_position;
  tail_bytes_ = tail_bytes;
  kept_.reset();
  std::vector<mail::Change> news = news_since(*before, folding);
  if (!opened_before_) last_arrival_ = folding.snapshot->position();  // it may be
  opened_before_ = true;
  publish(std::move(folding.snapshot), std::move(news));
  co_return Result<>();
}

// What was told already is not told again.
std::vector<mail::Change> Replica::news_since(const mail::Snapshot& before, Folding& folding) const {
  if (!opened_before_ || folding.snapshot->position() <= before.position()) return {};
  if (root_position_ > before.position()) return {unknown_change(before, *folding.snapshot)};
  std::erase_if(folding.changes, [&](const mail::Change& c) { return c.after <= before.position(); });
  return std::move(folding.changes);
}

task<Result<>> Replica::catch_up() {
  TimePoint asked = env_.clock.now();
  ROOST_CO_TRY(auto news, co_await env_.store.since(id_, snapshot()->position()));
  if (news.reopen) co_return co_await open();
  ROOST_CO_TRY_VOID(co_await fold_records(std::move(news.tail)));
  read_at_ = asked;
  co_return Result<>();
}

task<Result<>> Replica::fold_records(std::vector<store::LogRecord> records) {
  mail::SnapshotPtr base = snapshot();
  std::erase_if(records, [&](const store::LogRecord& r) { return r.position <= base->position(); });
  if (records.empty()) co_return Result<>();
  if (records.front().position != base->position().next()) co_return co_await open();
  size_t bytes = bytes_of(records);
  auto folded = co_await fold_onto(std::move(base), std::move(records));
  // Perhaps another node's checkpoint took pages away that ours still names.
  if (!folded && folded.error().code == Code::corruption) co_return co_await open();
  ROOST_CO_TRY(Folding folding, std::move(folded));
  tail_bytes_ += bytes;
  if (kept_) std::ranges::move(folding.records, std::back_inserter(*kept_));
  publish(std::move(folding.snapshot), std::move(folding.changes));
  co_return Result<>();
}

task<Result<Replica::Folding>> Replica::fold_onto(mail::SnapshotPtr base, std::vector<store::LogRecord> records) {
  bool heavy = is_heavy(*base, records);
  Folding folding{.snapshot = std::move(base), .records = std::move(records)};
  for (int rounds = 0;;) {
    size_t before = folding.done;
    if (heavy) {
      folding = co_await env_.pool.run([f = std::move(folding)]() mutable {
        f.run();
        return std::move(f);
      });
    } else {
      folding.run();
    }
    if (folding.error) co_return std::unexpected(*folding.error);
    if (folding.need.empty()) co_return std::move(folding);
    rounds = folding.done == before ? rounds + 1 : 0;
    if (rounds > kNeedRoundsMax) co_return fault("a record never has all of its pages", Code::corruption);
    ROOST_CO_TRY(folding.snapshot, co_await with_needed(std::move(folding.snapshot), std::move(folding.need)));
  }
}

task<Result<mail::SnapshotPtr>> Replica::with_needed(mail::SnapshotPtr base, std::vector<PageId> pages) {
  ROOST_CO_TRY(auto loaded, co_await read_pages(std::move(pages)));
  if (bytes_of(loaded) <= kLoopStepBytesMax) co_return mail::with_pages(base, loaded);
  co_return co_await env_.pool.run(
      [base = std::move(base), loaded = std::move(loaded)] { return mail::with_pages(base, loaded); });
}

task<Result<std::vector<mail::LoadedPage>>> Replica::read_pages(std::vector<PageId> pages) {
  std::vector<mail::LoadedPage> loaded;
  loaded.reserve(pages.size());
  for (size_t at = 0; at < pages.size(); at += kPagesAtOnce) {
    std::span<const PageId> some = std::span(pages).subspan(at, std::min(kPagesAtOnce, pages.size() - at));
    ROOST_CO_TRY(auto data, co_await env_.store.get_pages(id_, some));
    for (size_t i = 0; i < data.size(); ++i) loaded.push_back({some[i], std::move(data[i])});
  }
  co_return loaded;
}

namespace {

// Not so where the caller had looked at a snapshot of before the newest checkpoint.
bool names_any(const mail::Snapshot& snapshot, const std::vector<PageId>& pages) {
  std::vector<PageId> named = mail::checkpoint_pages(snapshot).pages;
  return std::ranges::any_of(pages, [&](PageId page) { return std::ranges::binary_search(named, page); });
}

}  // namespace

task<Result<>> Replica::bring(std::vector<PageId> pages, bool locked) {
  Generation generation = generation_;
  std::vector<PageId> mine;
  for (PageId page : pages) {
    if (coming_.insert(page).second) mine.push_back(page);
  }
  if (mine.empty()) {
    co_await came_.wait();
    co_return Result<>();
  }
  Result<> result = co_await install(mine);
  for (PageId page : mine) coming_.erase(page);
  came_.open();
  if (result || result.error().code != Code::corruption) co_return result;
  // Perhaps another node's checkpoint took the pages away.
  if (locked) {
    ROOST_CO_TRY_VOID(co_await move_to_newer_checkpoint(generation));
  } else {
    auto lock = co_await log_.lock();
    ROOST_CO_TRY_VOID(co_await move_to_newer_checkpoint(generation));
  }
  if (generation_ == generation && names_any(*snapshot(), pages)) co_return result;
  co_return Result<>();
}

task<Result<>> Replica::move_to_newer_checkpoint(Generation seen) {
  if (generation_ != seen) co_return Result<>();
  co_return co_await open();
}

// Other work may publish newer snapshots while pages are being decoded: then they are decoded into those again.
task<Result<>> Replica::install(std::vector<PageId> pages) {
  ROOST_CO_TRY(auto loaded, co_await read_pages(std::move(pages)));
  if (bytes_of(loaded) > kLoopStepBytesMax) {
    auto shared = std::make_shared<const std::vector<mail::LoadedPage>>(std::move(loaded));
    for (int tries = 0; tries < 3; ++tries) {
      mail::SnapshotPtr base = snapshot();
      auto next = co_await env_.pool.run([base, shared] { return mail::with_pages(base, *shared); });
      if (!next) co_return std::unexpected(next.error());
      if (snapshot() != base) continue;
      publish(*std::move(next), {});
      co_return Result<>();
    }
    loaded = *shared;
  }
  auto next = mail::with_pages(snapshot(), loaded);
  if (!next) co_return std::unexpected(next.error());
  publish(*std::move(next), {});
  co_return Result<>();
}

task<Result<>> Replica::adopt(mail::Checkpoint checkpoint, Generation generation) {
  if (!kept_) co_return co_await open();  // read anew while the checkpoint was under way
  std::vector<store::LogRecord> later = std::move(*kept_);
  kept_.reset();
  std::erase_if(later, [&](const store::LogRecord& r) { return r.position <= checkpoint.position; });
  size_t bytes = bytes_of(later);
  ROOST_CO_TRY(auto folding, co_await fold_onto(std::move(checkpoint.snapshot), std::move(later)));
  if (folding.snapshot->position() != snapshot()->position()) co_return co_await open();
  generation_ = generation;
  root_position_ = checkpoint.position;
  tail_bytes_ = bytes;
  publish(std::move(folding.snapshot), {});
  co_return Result<>();
}

}  // namespace roost::accounts
