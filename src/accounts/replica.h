// This node's copy of one account: the fold of its log, kept up to date by whoever reads or writes the log. Everything
// but snapshot() belongs to the account's home loop.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <vector>

#include "accounts/environment.h"
#include "accounts/gate.h"
#include "accounts/listeners.h"
#include "base/ids.h"
#include "mail/change.h"
#include "mail/checkpoint.h"
#include "mail/snapshot.h"
#include "rt/event.h"
#include "store/store.h"

namespace roost::accounts {

class Replica {
 public:
  Replica(Environment& env, AccountId id);

  // Any thread.
  mail::SnapshotPtr snapshot() const;
  const std::shared_ptr<Listeners>& listeners() const { return listeners_; }

  // Whoever reads or writes the log holds this lock for as long as it takes; the functions below that need it say so.
  rt::Mutex& log() { return log_; }

  // Reads root and tail. With the lock.
  task<Result<>> open();
  // Folds what was written after our position and tells it; reads the checkpoint anew where the log was trimmed beyond
  // us or a page that we want is gone. With the lock.
  task<Result<>> catch_up();
  // Folds these records, which were found after our position; others are passed over. With the lock.
  task<Result<>> fold_records(std::vector<store::LogRecord> records);

  // Brings pages into memory. Installed in the newest snapshot, so look at that again: another node's checkpoint may
  // have replaced the pages by others. `locked`: the caller holds the lock.
  task<Result<>> bring(std::vector<PageId> pages, bool locked);

  // `base` with these pages in memory, which need not be the newest.
  task<Result<mail::SnapshotPtr>> with_needed(mail::SnapshotPtr base, std::vector<PageId> pages);

  // From here on folded records are kept, to be folded again on what adopt() brings. With the lock.
  void keep_records() { kept_.emplace(); }
  void forget_kept_records() { kept_.reset(); }
  // A checkpoint that the store accepted as this generation becomes the base. With the lock.
  task<Result<>> adopt(mail::Checkpoint checkpoint, Generation generation);

  Generation generation() const { return generation_; }
  size_t tail_bytes() const { return tail_bytes_; }
  uint64_t tail_records() const { return snapshot()->position().value - root_position_.value; }
  // No record after this one, up to the snapshot's, brought messages to any mailbox.
  Position last_arrival() const { return last_arrival_; }
  // The snapshot shows at least what was durable then (monotonic clock).
  TimePoint read_at() const { return read_at_; }

 private:
  struct Folding;  // a run over some records, stopped where pages are needed

  task<Result<Folding>> fold_onto(mail::SnapshotPtr base, std::vector<store::LogRecord> records);
  task<Result<std::vector<mail::LoadedPage>>> read_pages(std::vector<PageId> pages);
  task<Result<>> install(std::vector<PageId> pages);
  task<Result<>> move_to_newer_checkpoint(Generation seen);
  task<Result<mail::SnapshotPtr>> read_root(Bytes root);
  task<Result<>> rebase(store::Opened opened);
  std::vector<mail::Change> news_since(const mail::Snapshot& before, Folding& folding) const;
  void publish(mail::SnapshotPtr snapshot, std::vector<mail::Change> changes);

  Environment& env_;
  const AccountId id_;
  const std::shared_ptr<Listeners> listeners_;

  mutable std::mutex snapshot_mutex_;
  mail::SnapshotPtr snapshot_;  // never null after the constructor

  rt::Mutex log_;
  Generation generation_;
  Position root_position_;
  size_t tail_bytes_ = 0;
  TimePoint read_at_;
  Position last_arrival_;
  bool opened_before_ = false;
  std::optional<std::vector<store::LogRecord>> kept_;

  std::unordered_set<PageId> coming_;
  Gate came_;
};

}  // namespace roost::accounts
