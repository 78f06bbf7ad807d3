// The one thread that writes. It takes everything that waits, of all accounts, makes one batch and one synced write of
// it, and resumes whoever waited.
#pragma once

#include <atomic>
#include <condition_variable>
#include <coroutine>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "rt/loop.h"
#include "store/rocksdb/heads.h"
#include "store/rocksdb/space_guard.h"
#include "store/rocksdb/tables.h"
#include "store/rocksdb/wal_check.h"
#include "store/watchers.h"

namespace roost::store {

// What one synced write will hold. Belongs to the committer's thread.
class Group {
 public:
  Group(Tables& tables, Heads& heads) : tables_(tables), heads_(heads) {}

  void begin(const WalMark& mark);
  void put(Family family, BytesView key, BytesView value);
  void remove(Family family, BytesView key);
  void remove_range(Family family, BytesView begin, BytesView end);

  // Includes what this group already changed.
  Result<Head> head(AccountId account);
  void set_head(AccountId account, const Head& head);
  // What is stored, without this group's changes.
  Result<std::optional<Bytes>> get(Family family, BytesView key) { return tables_.get(family, key); }
  // False where a request of this group has claimed, released or updated the name: its outcome is not stored yet.
  bool touch_name(const std::string& key) { return names_.insert(key).second; }
  // Whoever watches the account hears of it once the group is durable.
  void hint(AccountId account, Position position) { hints_.emplace_back(account, position); }

  size_t bytes() const { return batch_.GetDataSize(); }
  const PerFamily<uint32_t>& range_deletions() const { return range_deletions_; }
  rocksdb::WriteBatch& batch() { return batch_; }
  const std::vector<std::pair<AccountId, Position>>& hints() const { return hints_; }
  // Nothing of this group was stored: its heads are not so.
  void forget_heads();

 private:
  Tables& tables_;
  Heads& heads_;
  rocksdb::WriteBatch batch_;
  PerFamily<uint32_t> range_deletions_{};
  std::vector<AccountId> changed_;
  std::set<std::string> names_;
  std::vector<std::pair<AccountId, Position>> hints_;
};

// Something to write; lives in the coroutine that waits for it.
class Request {
 public:
  enum class Verdict : uint8_t {
    write,   // its changes are in the group
    refuse,  // nothing to write; the request noted why
    later,   // cannot be judged before this group is stored
  };
  enum class State : uint8_t { waiting, written, refused, unavailable, full };

  virtual ~Request() = default;
  // On the committer's thread, which reads only what prepare() asks it to.
  virtual Verdict prepare(Group& group) = 0;

  State state() const { return state_; }

 protected:
  // About what it adds to a group.
  size_t bytes_ = 0;
  // What there must be room for.
  Room needs_ = Room::plenty;
  // False where a power cut may take it back.
  bool synced_ = true;

 private:
  friend class Committer;
  State state_ = State::waiting;
  rt::Loop* home_ = nullptr;
  std::coroutine_handle<> waiter_;
};

// Thread-safe. The destructor writes what is queued first. Loops of waiters must outlive it.
class Committer {
 public:
  Committer(Tables& tables, Heads& heads, Watchers& watchers, SpaceGuard& space, size_t group_bytes_max);
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // co_await submit(request): goes on in the caller's loop once the request is durable or refused.
  auto submit(Request& request) {
    struct Awaiter {
      Committer* committer;
      Request* request;
      bool await_ready() const { return false; }
      void await_suspend(std::coroutine_handle<> h) const {
        request->home_ = rt::Loop::current();
        request->waiter_ = h;
        committer->enqueue(request);
      }
      void await_resume() const {}
    };
    return Awaiter{this, &request};
  }

 private:
  void enqueue(Request* request);
  void run();
  bool take_incoming();
  void write_group();
  bool nothing_incoming();
  bool gather(Group& group, std::vector<Request*>& written, std::vector<Request*>& done);
  Request::State store(Group& group, bool synced);
  void write_seal();
  static void resume(const std::vector<Request*>& done);

  Tables& tables_;
  Heads& heads_;
  Watchers& watchers_;
  SpaceGuard& space_;
  const size_t group_bytes_max_;

  std::deque<Request*> pending_;  // the committer thread's
  WalMark mark_;                  // of the last batch

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Request*> incoming_;  // guarded by mutex_
  bool stopping_ = false;           // guarded by mutex_
  bool idle_ = false;               // guarded by mutex_
  std::thread thread_;              // last: it uses all of the above
};

}  // namespace roost::store
