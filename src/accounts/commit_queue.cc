#include "accounts/commit_queue.h"

#include <algorithm>
#include <map>
#include <utility>

#include "accounts/random.h"
#include "base/log.h"
#include "base/planted.h"
#include "base/random.h"

namespace roost::accounts {
namespace {

constexpr int kConflictsMax = 200;
constexpr int kConflictsBeforeBackoff = 2;
constexpr int64_t kConflictBackoffMsMax = 50;
constexpr int kLooksBeforeAnotherTry = 3;
constexpr int64_t kDoubtBackoffMsMax = 2'000;
constexpr Seconds kDoubtMax{30};
constexpr int kPlanRoundsMax = 1'000;  // each brings pages

Millis backoff(int tries, int64_t ms_max) {
  int64_t most = std::min<int64_t>(int64_t{1} << std::min(tries, 20), ms_max);
  return Millis(1 + static_cast<int64_t>(random_number() % static_cast<uint64_t>(most)));
}

// Of a planted bug: the snapshot of the planning before, in whose place the caller puts this one's.
mail::SnapshotPtr& old_snapshot(AccountId id, const mail::SnapshotPtr& first) {
  static std::map<AccountId, mail::SnapshotPtr> before;
  return before.try_emplace(id, first).first->second;
}

Error store_unavailable() { return no(Code::unavailable, "The store takes no changes now.").error(); }

}  // namespace

std::vector<PendingPtr> CommitQueue::take() {
  std::vector<PendingPtr> batch;
  size_t bytes = 0;
  while (!waiting_.empty() && batch.size() < env_.config.combine_operations_max) {
    bytes += waiting_.front()->bytes;
    if (!batch.empty() && bytes > env_.config.combine_bytes_max) break;
    batch.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return batch;
}

task<> CommitQueue::commit_some() {
  auto lock = co_await replica_.log().lock();
  Batch batch{.operations = take()};
  Result<> done = co_await settle(batch);
  if (!done) {
    for (PendingPtr& pending : batch.operations) pending->answer = std::unexpected(done.error());
  }
  answer_all(std::move(batch.operations));
}

// Done once every operation has its answer.
task<Result<>> CommitQueue::settle(Batch& batch) {
  for (;;) {
    if (reopen_) {
      ROOST_CO_TRY_VOID(co_await replica_.open());
      reopen_ = false;
    }
    ROOST_CO_TRY(Draft draft, co_await plan(batch.operations));
    if (!batch.doubts.empty() && replica_.snapshot()->position() >= batch.doubtful) {
      // Bringing pages read the log anew and passed over the place in doubt.
      ROOST_CO_TRY(Settled settled, co_await look_in_history(batch));
      if (settled == Settled::yes) co_return Result<>();
      continue;
    }
    if (draft.record.empty()) {
      for (size_t i = 0; i < draft.answers.size(); ++i) batch.operations[i]->answer = std::move(draft.answers[i]);
      co_return Result<>();
    }
    ROOST_CO_TRY(Settled settled, co_await commit(batch, std::move(draft)));
    if (settled == Settled::yes) co_return Result<>();
  }
}

task<Result<Draft>> CommitQueue::plan(const std::vector<PendingPtr>& operations) {
  for (int rounds = 0; rounds < kPlanRoundsMax; ++rounds) {
    mail::SnapshotPtr snapshot = replica_.snapshot();
    if (planted(Bug::planned_on_old_snapshot)) std::swap(snapshot, old_snapshot(id_, snapshot));
    mail::PlanContext context{.limits = &env_.config.limits, .now = env_.wall_seconds()};
    BatchOutcome outcome;
    if (is_heavy(*snapshot, operations)) {
      outcome = co_await env_.pool.run([&] { return plan_batch(snapshot, operations, context); });
    } else {
      outcome = plan_batch(snapshot, operations, context);
    }
    if (auto* draft = std::get_if<Draft>(&outcome)) co_return std::move(*draft);
    ROOST_CO_TRY_VOID(co_await replica_.bring(std::get<mail::Need>(std::move(outcome)).pages, true));
  }
  co_return fault("an operation never has all of its pages", Code::corruption);
}

task<Result<CommitQueue::Settled>> CommitQueue::commit(Batch& batch, Draft draft) {
  store::CommitId id = random_commit_id();
  Position expect = replica_.snapshot()->position();
  batch.doubts.push_back({id, std::move(draft.answers)});
  batch.doubtful = expect.next();
  store::Commit commit{expect, id, draft.record, std::move(draft.blobs), draft.grows};
  store::Committed committed = co_await env_.store.commit(id_, std::move(commit));
  switch (committed.outcome) {
    case store::Outcome::ok: co_return co_await fold_own(batch, committed.position, id, std::move(draft.record));
    case store::Outcome::conflict:
      batch.doubts.pop_back();
      co_return co_await after_conflict(batch, std::move(committed.missed));
    case store::Outcome::unknown:
      if (planted(Bug::unknown_taken_for_stored)) {
        co_return co_await fold_own(batch, expect.next(), id, std::move(draft.record));
      }
      co_return co_await after_unknown(batch);
    case store::Outcome::unavailable:
    case store::Outcome::full: break;
  }
  batch.doubts.pop_back();
  if (batch.doubts.empty()) {
    if (committed.outcome == store::Outcome::full) co_return refuse_mail(batch);
    co_return std::unexpected(store_unavailable());
  }
  co_return co_await after_unknown(batch);
}

// Those that bring mail are answered; the others are planned again without them.
CommitQueue::Settled CommitQueue::refuse_mail(Batch& batch) {
  std::vector<PendingPtr> refused;
  std::vector<PendingPtr> others;
  for (PendingPtr& pending : batch.operations) {
    (brings_mail(pending->operation) ? refused : others).push_back(std::move(pending));
  }
  for (PendingPtr& pending : refused) {
    pending->answer = no(Code::limit, "The disk is full.");
    pending->no_room = true;
  }
  answer_all(std::move(refused));
  batch.operations = std::move(others);
  return batch.operations.empty() ? Settled::yes : Settled::plan_again;
}

task<Result<CommitQueue::Settled>> CommitQueue::fold_own(Batch& batch, Position position, store::CommitId commit_id,
                                                         Bytes record) {
  env_.counters.commits.fetch_add(1, std::memory_order_relaxed);
  std::vector<store::LogRecord> own;
  own.push_back({position, commit_id, std::move(record)});
  Result<> folded = co_await replica_.fold_records(std::move(own));
  if (!folded) {
    // It is durable, but this node cannot say what it did.
    log::error("own_record_does_not_fold", {{"account", id_.value}, {"text", folded.error().text}});
    reopen_ = true;
    co_return std::unexpected(folded.error());
  }
  give_answers_of(batch, commit_id);
  co_return Settled::yes;
}

bool CommitQueue::give_answers_of(Batch& batch, const store::CommitId& commit_id) {
  auto doubt = std::ranges::find(batch.doubts, commit_id, &Doubt::commit_id);
  if (doubt == batch.doubts.end()) return false;
  for (size_t i = 0; i < doubt->answers.size(); ++i) batch.operations[i]->answer = std::move(doubt->answers[i]);
  return true;
}

task<Result<CommitQueue::Settled>> CommitQueue::after_conflict(Batch& batch, std::vector<store::LogRecord> missed) {
  env_.counters.conflicts.fetch_add(1, std::memory_order_relaxed);
  if (++batch.conflicts > kConflictsMax && batch.doubts.empty()) co_return std::unexpected(store_unavailable());
  if (batch.conflicts > kConflictsBeforeBackoff) {
    co_await rt::Loop::current()->sleep(backoff(batch.conflicts, kConflictBackoffMsMax));
  }
  if (!missed.empty()) co_return co_await look(batch, std::move(missed));
  auto news = co_await env_.store.since(id_, replica_.snapshot()->position());
  if (!news) {
    if (batch.doubts.empty()) co_return std::unexpected(news.error());
    co_return co_await after_unknown(batch);
  }
  if (news->reopen) co_return co_await look_in_history(batch);
  co_return co_await look(batch, std::move(news->tail));
}

// Reads the log again until something stands at the position in doubt. Where nothing comes, the batch is tried once
// more at the same position: whichever stands there in the end, only one of the two can.
task<Result<CommitQueue::Settled>> CommitQueue::after_unknown(Batch& batch) {
  for (int looks = 0; looks < kLooksBeforeAnotherTry; ++looks) {
    ROOST_CO_TRY_VOID(count_failure(batch));
    co_await rt::Loop::current()->sleep(backoff(batch.failures, kDoubtBackoffMsMax));
    auto news = co_await env_.store.since(id_, replica_.snapshot()->position());
    if (!news) continue;
    if (news->reopen) co_return co_await look_in_history(batch);
    if (!news->tail.empty()) co_return co_await look(batch, std::move(news->tail));
  }
  co_return Settled::plan_again;
}

Result<> CommitQueue::count_failure(Batch& batch) {
  TimePoint now = env_.clock.now();
  if (!batch.give_up) batch.give_up = now + kDoubtMax;
  ++batch.failures;
  if (now < *batch.give_up) return {};
  log::error("commit_outcome_unknown", {{"account", id_.value}});
  reopen_ = true;
  return fault("the outcome of a commit is not known", Code::unavailable);
}

// `records`: what stands after our position.
task<Result<CommitQueue::Settled>> CommitQueue::look(Batch& batch, std::vector<store::LogRecord> records) {
  if (records.empty()) co_return Settled::plan_again;
  store::CommitId first = records.front().commit_id;
  Result<> folded = co_await replica_.fold_records(std::move(records));
  if (!folded) {
    reopen_ = true;
    co_return std::unexpected(folded.error());
  }
  if (give_answers_of(batch, first)) {
    env_.counters.commits.fetch_add(1, std::memory_order_relaxed);
    co_return Settled::yes;
  }
  forget_doubts(batch);
  co_return Settled::plan_again;
}

void CommitQueue::forget_doubts(Batch& batch) {
  batch.doubts.clear();
  batch.failures = 0;
  batch.give_up.reset();
}

// The log was trimmed beyond the place in doubt, or our snapshot went past it.
task<Result<CommitQueue::Settled>> CommitQueue::look_in_history(Batch& batch) {
  std::optional<store::CommitId> stands;
  if (!batch.doubts.empty()) {
    auto found = co_await what_stands_at(batch.doubtful);
    if (!found || !*found) {
      ROOST_CO_TRY_VOID(count_failure(batch));
      co_await rt::Loop::current()->sleep(backoff(batch.failures, kDoubtBackoffMsMax));
      co_return Settled::plan_again;
    }
    stands = **found;
  }
  ROOST_CO_TRY_VOID(co_await replica_.open());
  if (stands && give_answers_of(batch, *stands)) co_return Settled::yes;
  forget_doubts(batch);
  co_return Settled::plan_again;
}

task<Result<std::optional<store::CommitId>>> CommitQueue::what_stands_at(Position position) {
  Position before(position.value - 1);
  ROOST_CO_TRY(auto news, co_await env_.store.since(id_, before));
  std::vector<store::LogRecord> records = std::move(news.tail);
  if (news.reopen) {
    ROOST_CO_TRY(records, co_await env_.store.history(id_, before, 1));
  }
  if (records.empty() || records.front().position != position) co_return std::nullopt;
  co_return records.front().commit_id;
}

}  // namespace roost::accounts
