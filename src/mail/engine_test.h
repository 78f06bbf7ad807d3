// An account under test: plans, commits in memory and folds, as accounts/ does, and holds the pages of its checkpoints.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mail/checkpoint.h"
#include "mail/engine.h"

namespace roost::mail {

class TestAccount {
 public:
  explicit TestAccount(AccountId id = AccountId(7), UidValidity seed = UidValidity(1000))
      : snapshot(empty_account(id, seed)) {}

  // Plans, commits and folds; loads pages where they are needed. Fails the test where fold disagrees with plan.
  template <class R = Done>
  Result<R> run(Operation operation);
  template <class R = Done>
  R must(Operation operation) {
    Result<R> result = run<R>(std::move(operation));
    if (!result) ADD_FAILURE() << result.error().text;
    return result ? *std::move(result) : R{};
  }
  Code refused(Operation operation) {
    Result<OperationResult> result = execute(operation);
    return result ? Code::none : result.error().code;
  }

  Result<OperationResult> execute(const Operation& operation);
  Result<Change> fold_record(const Bytes& record);

  Mailbox mailbox(std::string_view name = "INBOX") const { return snapshot->find(name).value(); }
  Appended append(std::string_view name, size_t count, SystemFlags flags = {}, std::vector<std::string> keywords = {});
  Stored store(std::string_view name, UidSet uids, StoreHow how, SystemFlags flags,
               std::vector<std::string> keywords = {});
  Expunged expunge(std::string_view name, UidSet uids);
  MailboxDelta since(std::string_view name, ModSeq modseq);

  void checkpoint(int64_t retention_seconds = 3600);
  // Forgets everything in memory but the last checkpoint, and folds the tail again.
  void reopen();
  void load(std::string_view name = "INBOX");
  void load_all();
  void load(const std::vector<PageId>& wanted);

  std::vector<Bytes> log;  // all records, from the first on
  SnapshotPtr snapshot;
  Change change;                      // of the last operation
  std::vector<Planned::Body> bodies;  // of the last operation
  std::map<PageId, Bytes> pages;
  Bytes root;
  Position root_position;
  int64_t now = 1'700'000'000;
  EngineLimits limits;
  Actor actor;  // of the operations
};

NewMessage test_message(SystemFlags flags = {}, std::vector<std::string> keywords = {}, std::string body = "body");

template <class R>
Result<R> TestAccount::run(Operation operation) {
  Result<OperationResult> result = execute(operation);
  if (!result) return std::unexpected(std::move(result).error());
  if (R* found = std::get_if<R>(&*result)) return std::move(*found);
  return fault("another result than expected: " + std::to_string(result->index()));
}

}  // namespace roost::mail
