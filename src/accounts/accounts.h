// The table of open accounts, and the only writer of their logs: plan → commit → fold → tell.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "accounts/upload.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "mail/acl.h"
#include "mail/change.h"
#include "mail/engine.h"
#include "mail/operation.h"
#include "mail/snapshot.h"
#include "rt/loop.h"
#include "rt/pool.h"
#include "store/store.h"

namespace roost::accounts {

struct AccountsConfig {
  mail::EngineLimits limits;
  size_t open_bytes_max = size_t{256} << 20;       // memory that open accounts may hold before idle ones are closed
  size_t card_cache_bytes_max = size_t{64} << 20;  // decoded card segments
  size_t tail_bytes_min =
      size_t{1} << 20;  // a checkpoint is due when the tail exceeds this and a quarter of what it would rewrite
  uint32_t tail_records_max = 10'000;
  uint32_t inline_body_bytes_max = 128 * 1024;  // larger bodies are streamed to the store before their commit
  uint32_t combine_operations_max = 256;        // into one record
  size_t combine_bytes_max = size_t{2} << 20;
  int64_t retention_seconds = 14 * 24 * 3600;  // expunged messages, deleted mailboxes and history
  int64_t retention_drafts_seconds = 24 * 3600;
  int64_t retention_junk_seconds = 3 * 24 * 3600;
  int64_t retention_trash_seconds = 3 * 24 * 3600;
  uint32_t retained_percent_max = 25;                 // of the account's mail, expunged messages in octets
  uint64_t retained_bytes_min = uint64_t{256} << 20;  // but never less than so much
  uint64_t retention_free_bytes_min = 0;              // with less on the disk, retention shrinks; 0: never
  int64_t abandoned_upload_seconds = 24 * 3600;
  Millis reread_interval{30'000};                   // watch hints may be lost
  uint64_t message_bytes_max = uint64_t{64} << 20;  // APPENDLIMIT
  uint32_t maintenance_accounts_max = 2;            // checkpoints under way at the same time, on each loop
  int64_t maintenance_walk_seconds = 6 * 3600;      // every account's dead bodies and history are seen to this often
  int64_t dropped_page_grace_seconds = 3600;        // pages that no checkpoint names are kept for those who still read
  uint32_t searches_per_account_max = 2;            // at work at the same time
  std::string parse_guard_file;                     // accounts/parse_guard.h; empty: none
};

// Told on its own loop, after the commit, of changes to the mailbox it asked for (or to any, where none was given).
class Listener {
 public:
  virtual ~Listener() = default;
  // Must only wake somebody: several changes may be told at once, and reading happens from Account::snapshot().
  virtual void changed(const mail::Change& change) = 0;
};

// Ends when destroyed, on the listener's loop.
class Subscription {
 public:
  struct Registration {
    virtual ~Registration() = default;
  };
  Subscription() = default;
  explicit Subscription(std::unique_ptr<Registration> r) : registration_(std::move(r)) {}

 private:
  std::unique_ptr<Registration> registration_;
};

class Account;
using AccountPtr = std::shared_ptr<Account>;  // keeps the account open; drop it when the session ends

// All calls from any loop; each resumes in the loop that called.
class Account {
 public:
  virtual ~Account() = default;

  virtual AccountId id() const = 0;

  // In whose name it is used. Lives as long as this does.
  virtual const mail::Actor& actor() const = 0;
  // What that one may do with a mailbox of a snapshot of this account; ask of the newest.
  Rights rights(const mail::Mailbox& mailbox) const { return mail::rights_of(mailbox.acl(), actor()); }

  // It is being deleted: nothing works any more, and whoever holds it should let go. Thread-safe.
  virtual bool retired() const = 0;

  // The newest state folded on this node. Thread-safe, a pointer copy.
  virtual mail::SnapshotPtr snapshot() const = 0;

  // Done when it is durable and folded: snapshot() shows it. Planned again after each conflict, with the actor's rights
  // as they then are: NO [NOPERM] where they do not suffice, NO [NONEXISTENT] where he may not know of the mailbox.
  virtual task<Result<mail::OperationResult>> execute(mail::Operation operation) = 0;

  // The newest snapshot in which these rows of this mailbox are in memory. NO [NONEXISTENT] if it is gone.
  virtual task<Result<mail::SnapshotPtr>> load(MailboxId mailbox, mail::Rows rows) = 0;
  task<Result<mail::SnapshotPtr>> load(MailboxId mailbox) { return load(mailbox, mail::kAllRows); }
  // With all rows, and what mail::changes_since(mailbox, since) needs beside them: what is remembered of expunged
  // messages.
  virtual task<Result<mail::SnapshotPtr>> load_changes(MailboxId mailbox, ModSeq since) = 0;

  // Encoded cards, in order. Corrupt or missing ones are remade from the body.
  virtual task<Result<std::vector<std::shared_ptr<const Bytes>>>> cards(std::vector<mail::Cold> rows) = 0;

  // A body, or a range of it. Up to 64 at once with bodies().
  virtual task<Result<Bytes>> body(BlobId blob, store::Range range) = 0;
  virtual task<std::vector<Result<Bytes>>> bodies(std::vector<store::AccountStore::BlobRange> ranges) = 0;

  // Receives one message of `size` octets (a size that is not known yet: the limit). Gives a NewMessage for Append.
  virtual task<Result<std::unique_ptr<Upload>>> upload(uint64_t size_max) = 0;

  // `mailbox` of 0 listens to all. Call on `loop`; `listener` must outlive the subscription, and the caller must hold
  // this AccountPtr as long as it wants to be told. Told of every change that the snapshot() at this moment does not
  // show: so subscribe first, then read.
  virtual Subscription subscribe(rt::Loop& loop, MailboxId mailbox, Listener* listener) = 0;
};

// An account whose user grants something to somebody.
struct Grant {
  AccountId account;
  std::string owner;  // canonical login name
};

struct AccountsStats {
  size_t open = 0;
  size_t bytes = 0;
  uint64_t commits = 0;
  uint64_t conflicts = 0;
  uint64_t checkpoints = 0;
  uint64_t collected_blobs = 0;
  uint64_t unindexed = 0;  // open accounts with messages that their search index still lacks
};

class Accounts {
 public:
  virtual ~Accounts() = default;

  // For the server itself, which may do everything.
  virtual task<Result<AccountPtr>> open(AccountId id) = 0;
  // For a user. The rights of each mailbox's access control list count.
  task<Result<AccountPtr>> open_for(mail::Actor actor, AccountId id);
  // For good, as the account is about to be deleted: it cannot be opened any more on this node, and those who have it
  // are refused (Account::retired() tells them why). Returns once nothing more will be written for it.
  virtual task<> retire(AccountId id) = 0;
  // Who has granted rights to an identifier of access control lists, so that LIST need not ask every account. May name
  // one that grants nothing any more; one that was deleted since must be told by its user, who is no longer there.
  virtual task<Result<std::vector<Grant>>> grants_to(std::string identifier) = 0;
  // Before something is granted. Durable on return.
  virtual task<Result<>> note_grant(std::string identifier, Grant grant) = 0;
  virtual task<Result<>> forget_grant(std::string identifier, AccountId account) = 0;
  // After an access control list has changed, whatever became of it: the note stays if it is needed.
  virtual task<Result<>> settle_grant(std::string identifier, Grant grant, AccountPtr account) = 0;
  // Calls `settled` on `loop` after each settle_grant() of this identifier on this node.
  virtual Subscription watch_grants(rt::Loop& loop, std::string identifier, std::function<void()> settled) = 0;
  // Writes checkpoints where due, collects dead blobs; run by a timer of its own, never on a session's path. Also for
  // the command line: does it for this account now.
  virtual task<Result<>> maintain(AccountId id) = 0;
  // What was expunged and deleted can come back no more, history included.
  virtual task<Result<>> purge(AccountId id) = 0;
  // A retired account can be opened again.
  virtual task<> reinstate(AccountId id) = 0;
  // Where the disk has less than retention_free_bytes_min: lets go of what was expunged, of all accounts, oldest first.
  // Whether there is so much free now, or more than before.
  virtual task<bool> make_room() = 0;
  // No operation is accepted any more; returns once those under way are finished.
  virtual task<> stop() = 0;
  virtual AccountsStats stats() const = 0;
  virtual const AccountsConfig& config() const = 0;
};

// `store`, `pool` (blocking reads, parsing, checkpoints) and `loops` must outlive it.
std::unique_ptr<Accounts> make_accounts(AccountsConfig config, store::AccountStore& store, rt::Loops& loops,
                                        rt::Pool& pool, const Clock& clock);

}  // namespace roost::accounts
