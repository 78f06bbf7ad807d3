// One open account: its replica, its queue, and what sessions call.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "accounts/commit_queue.h"
#include "accounts/environment.h"
#include "accounts/pending.h"
#include "accounts/replica.h"
#include "rt/event.h"
#include "rt/loop.h"

namespace roost::accounts {

class OpenAccount;

// What those are told who use an account that is being deleted.
Fail retired_error();

// What an open account tells the table that it is in; on the home loop.
class AccountOwner {
 public:
  virtual ~AccountOwner() = default;
  // Work in the background began and ended: it outlives whoever asked for it.
  virtual void began() = 0;
  virtual void ended() = 0;
  // The snapshot is another one: memory and tail may have grown.
  virtual void changed(OpenAccount& account) = 0;
  // No new work is taken.
  virtual bool stopping() const = 0;
};

class OpenAccount final : public Account, public std::enable_shared_from_this<OpenAccount> {
 public:
  // `owner` must outlive every call on the home loop: background work holds it.
  OpenAccount(std::shared_ptr<Environment> env, AccountId id, std::shared_ptr<AccountOwner> owner);

  // --- the table's, on the home loop ---
  task<Result<>> open();
  // Somebody holds it, or nobody does any more.
  task<Result<>> activate();
  void deactivate();
  // Out of the table: no watch and no timer any more.
  void close();
  bool quiet() const { return working_ == 0 && queue_.empty() && storing_.load() == 0; }
  // No new work; returns once nothing is under way.
  task<> retire();
  Replica& replica() { return replica_; }
  rt::Loop& home() { return home_; }
  // Memory, and what the table has counted of it.
  size_t memory_bytes() const;

  // --- any loop ---
  AccountId id() const override { return id_; }
  const mail::Actor& actor() const override;
  bool retired() const override { return retired_.load(); }
  mail::SnapshotPtr snapshot() const override { return replica_.snapshot(); }
  task<Result<mail::OperationResult>> execute(mail::Operation operation) override {
    return execute_for(mail::Actor(), std::move(operation));
  }
  // With the rights of `actor` as the newest state has them, when it is planned.
  task<Result<mail::OperationResult>> execute_for(mail::Actor actor, mail::Operation operation);
  using Account::load;
  task<Result<mail::SnapshotPtr>> load(MailboxId mailbox, mail::Rows rows) override {
    return load_pages(mailbox, std::move(rows), std::nullopt);
  }
  task<Result<mail::SnapshotPtr>> load_changes(MailboxId mailbox, ModSeq since) override {
    return load_pages(mailbox, mail::kAllRows, since);
  }
  task<Result<std::vector<std::shared_ptr<const Bytes>>>> cards(std::vector<mail::Cold> rows) override;
  task<Result<Bytes>> body(BlobId blob, store::Range range) override;
  task<std::vector<Result<Bytes>>> bodies(std::vector<store::AccountStore::BlobRange> ranges) override;
  task<Result<std::unique_ptr<Upload>>> upload(uint64_t size_max) override;
  Subscription subscribe(rt::Loop& loop, MailboxId mailbox, Listener* listener) override;

  // Held by whoever gives the account a blob: retire() waits for it, and it is refused afterwards. Any loop.
  class Storing {
   public:
    explicit Storing(OpenAccount& account) : account_(account) { account_.storing_.fetch_add(1); }
    Storing(const Storing&) = delete;
    Storing& operator=(const Storing&) = delete;
    ~Storing();
    Result<> allowed() const;

   private:
    OpenAccount& account_;
  };

  // A blob id that nothing uses, set aside in the log.
  task<Result<BlobId>> reserve_blob();

  // A body that was received for another account gets an id of our own; nothing where there is none.
  task<Result<>> own_blob(mail::NewMessage& message);
  // The same body under an id that is set aside for one message to come; `blob` may be any account's. Code::corruption
  // where it is missing.
  task<Result<BlobId>> copy_of(BlobId blob);

  // After the blob was stored: where it was taken for abandoned meanwhile (a clock has jumped), nobody would find it
  // any more; it is deleted then, and the upload refused.
  task<Result<>> confirm_blob(BlobId blob);

  // snapshot() shows all that was durable when this was called, on any node.
  task<Result<>> catch_up();

  // Held by whoever moves messages into another account, for as long as it takes. The home loop's.
  rt::Mutex& leaving() { return leaving_; }

  // Held by whoever drops what is kept of the past, or brings it back: a record of the latter would not fit a
  // checkpoint of a state from before, which lacks it. The home loop's.
  rt::Mutex& dropping() { return dropping_; }

  // A turn among this account's searches; the caller goes on in its own loop.
  task<> begin_search();
  void end_search();

  Environment& environment() { return *env_; }

  // Counts as work of this account for as long as it is held: closing and retiring wait for it. On the home loop.
  std::shared_ptr<void> begin_work();
  // Whoever works in the background should come to an end.
  bool winding_down() const { return retired() || owner_->stopping(); }

  // The search index only.
  struct Index {
    bool making = false;  // anew: whoever does it follows the log afterwards
    rt::Mutex changing;   // held by whoever changes it, or deletes bodies, from the first read on
    uint64_t tag = 0;     // of the index that `followed` is about
    Position followed;    // nothing of the log up to here is still to go into it
  };
  Index index;

  // Maintenance only: blobs that the log says are forgotten are deleted, up to this position; none until it looked.
  std::optional<Position> collected_to;
  // Likewise: when it was last weighed what is retained (seconds since 1970 UTC).
  int64_t weighed_at = 0;
  uint64_t dead_when_weighed = 0;  // blobs, after it

 private:
  class Working;

  template <class T>
  Result<T> unless_retired(Result<T> result) const;
  task<Result<mail::SnapshotPtr>> load_pages(MailboxId mailbox, mail::Rows rows, std::optional<ModSeq> since);
  task<Result<mail::OperationResult>> undelete_in_turn(mail::Actor actor, mail::Undelete undelete);
  task<Result<mail::OperationResult>> undelete_at_home(mail::Actor actor, mail::Undelete undelete);
  void enqueue(PendingPtr pending);
  static task<> drain(std::shared_ptr<OpenAccount> self);
  task<Result<>> initialise();
  void hint(Position position);
  void arm_reread();
  static task<> reread(std::shared_ptr<OpenAccount> self, bool without_hint);

  const std::shared_ptr<Environment> env_;
  const AccountId id_;
  const std::shared_ptr<AccountOwner> owner_;
  rt::Loop& home_;

  // The home loop's, except where a member says otherwise.
  Replica replica_;
  CommitQueue queue_;
  int working_ = 0;                   // coroutines of this account in the background
  std::atomic<int> storing_{0};       // any loop, as is
  std::atomic<bool> retired_{false};  // this; never false again
  Gate fell_quiet_;                   // opened once it is retired
  bool draining_ = false;
  bool rereading_ = false;
  Position hinted_;  // the newest that a hint named
  bool active_ = false;
  std::optional<store::Watch> watch_;
  rt::Timer reread_timer_;

  struct ReservedBlobs {
    uint64_t next = 0;
    uint64_t end = 0;
    int64_t time = 0;  // seconds since 1970 UTC
  };
  ReservedBlobs reserved_;
  rt::Mutex reserving_;
  rt::Mutex leaving_;
  rt::Mutex dropping_;

  uint32_t searches_ = 0;
  Gate search_ended_;
};

}  // namespace roost::accounts
