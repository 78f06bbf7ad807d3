// An operation on its way through an account's queue, and the caller who waits for it, perhaps on another loop.
#pragma once

#include <coroutine>
#include <memory>
#include <utility>
#include <vector>

#include "base/result.h"
#include "mail/acl.h"
#include "mail/operation.h"
#include "rt/loop.h"

namespace roost::accounts {

struct Pending;
using PendingPtr = std::shared_ptr<Pending>;
using OperationAnswer = Result<mail::OperationResult>;

// Shared by the caller and the queue, so that a caller who goes away does no harm: the operation goes on without it.
struct Pending {
  Pending(mail::Operation o, mail::Actor a, rt::Loop* c) : operation(std::move(o)), actor(std::move(a)), caller(c) {}

  const mail::Operation operation;
  const mail::Actor actor;
  size_t bytes = 0;  // more or less what it adds to a record
  rt::Loop* const caller;

  // The queue's, until it is answered on the caller's loop.
  OperationAnswer answer;
  bool no_room = false;  // refused because the disk has none

  // The caller's loop only.
  bool answered = false;
  std::coroutine_handle<> waiter;
};

// co_await Answered{pending}, on the caller's loop.
struct Answered {
  PendingPtr pending;

  explicit Answered(PendingPtr p) : pending(std::move(p)) {}
  Answered(const Answered&) = delete;
  Answered& operator=(const Answered&) = delete;
  ~Answered() { pending->waiter = nullptr; }

  bool await_ready() const { return pending->answered; }
  void await_suspend(std::coroutine_handle<> h) const { pending->waiter = h; }
  OperationAnswer await_resume() const { return std::move(pending->answer); }
};

// Hands the answers over, with one notification for each loop that waits.
void answer_all(std::vector<PendingPtr> pendings);

// More or less what the operation adds to a record and to its commit.
size_t operation_bytes(const mail::Operation& operation);

}  // namespace roost::accounts
