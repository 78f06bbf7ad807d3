// Operations of one account that wait to be written: those that wait together become one record. Home loop only.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "accounts/batch.h"
#include "accounts/environment.h"
#include "accounts/pending.h"
#include "accounts/replica.h"

namespace roost::accounts {

class CommitQueue {
 public:
  CommitQueue(Environment& env, AccountId id, Replica& replica) : env_(env), id_(id), replica_(replica) {}

  void push(PendingPtr pending) { waiting_.push_back(std::move(pending)); }
  bool empty() const { return waiting_.empty(); }

  // Plans, commits, folds and answers as many as go into one record. While it runs, the next ones gather.
  task<> commit_some();

 private:
  // A commit whose outcome is not known, and what it would answer.
  struct Doubt {
    store::CommitId commit_id;
    std::vector<OperationAnswer> answers;
  };
  // What became of a batch at one position of the log.
  enum class Settled : uint8_t { yes, plan_again };
  struct Batch {
    std::vector<PendingPtr> operations;
    std::vector<Doubt> doubts;  // at most one of them stands
    Position doubtful;          // there: right after the position they were planned on
    int conflicts = 0;
    int failures = 0;  // calls in a row that left a doubt as it was
    std::optional<TimePoint> give_up;
  };

  std::vector<PendingPtr> take();
  task<Result<>> settle(Batch& batch);
  task<Result<Draft>> plan(const std::vector<PendingPtr>& operations);
  task<Result<Settled>> commit(Batch& batch, Draft draft);
  static Settled refuse_mail(Batch& batch);
  task<Result<Settled>> fold_own(Batch& batch, Position position, store::CommitId commit_id, Bytes record);
  task<Result<Settled>> after_conflict(Batch& batch, std::vector<store::LogRecord> missed);
  task<Result<Settled>> after_unknown(Batch& batch);
  task<Result<Settled>> look(Batch& batch, std::vector<store::LogRecord> records);
  task<Result<Settled>> look_in_history(Batch& batch);
  task<Result<std::optional<store::CommitId>>> what_stands_at(Position position);
  Result<> count_failure(Batch& batch);
  static bool give_answers_of(Batch& batch, const store::CommitId& commit_id);
  static void forget_doubts(Batch& batch);

  Environment& env_;
  const AccountId id_;
  Replica& replica_;
  std::deque<PendingPtr> waiting_;
  bool reopen_ = false;  // the snapshot may not be what the log says
};

}  // namespace roost::accounts
