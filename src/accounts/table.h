// The open accounts whose home is one loop. Everything on that loop, except where a member says otherwise.
#pragma once

#include <atomic>
#include <deque>
#include <list>
#include <memory>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "accounts/environment.h"
#include "accounts/gate.h"
#include "accounts/maintenance.h"
#include "accounts/open_account.h"
#include "search/trigrams.h"

namespace roost::accounts {

class Table final : public AccountOwner, public std::enable_shared_from_this<Table> {
 public:
  Table(std::shared_ptr<Environment> env, rt::Loop& home);

  // Starts the walk over all accounts. From any thread.
  void start();
  // Returns once nothing is under way any more.
  task<> stop();
  // Lets go of everything. Also from the thread that ran the loops, after them.
  void abandon();

  task<Result<AccountPtr>> open(AccountId id);
  // Accounts::retire().
  task<> retire(AccountId id);
  // Accounts::reinstate().
  void reinstate(AccountId id) { retired_.erase(id); }
  // Accounts::purge().
  task<Result<>> purge(AccountId id);
  // collect() for every account whose home is here, and what it deleted leaves the disk.
  task<> collect_everywhere();
  // A checkpoint if anything was written since the last, and collect().
  task<Result<>> maintain(AccountId id);

  // Any thread.
  size_t open_accounts() const { return open_accounts_.load(std::memory_order_relaxed); }
  size_t open_bytes() const { return open_bytes_.load(std::memory_order_relaxed); }

  // AccountOwner
  void began() override { ++working_; }
  void ended() override;
  void changed(OpenAccount& account) override;
  bool stopping() const override { return stopping_; }

 private:
  // What an AccountPtr holds; when the last one goes, the account is idle.
  class Handle;
  struct Opening {
    Gate done;
    Result<> result;
  };
  struct Entry {
    std::shared_ptr<OpenAccount> account;
    std::weak_ptr<Handle> handle;
    std::shared_ptr<Opening> opening;  // while it is being opened
    size_t bytes = 0;                  // as counted in open_bytes_
    bool idle = false;                 // then it is in idle_, at `place`
    std::list<AccountId>::iterator place;
    std::shared_ptr<rt::Mutex> maintaining = std::make_shared<rt::Mutex>();
    TimePoint not_before;  // maintenance failed: the next attempt
  };

  task<Result<AccountPtr>> open_entry(AccountId id);
  AccountPtr handle_of(Entry& entry);
  void released(AccountId id);
  void evict();
  using Entries = std::unordered_map<AccountId, Entry>;
  void erase(Entries::iterator at);

  void schedule(AccountId id);
  static task<> work_off_due(std::shared_ptr<Table> self);
  task<> maintain_and_log(AccountId id);
  enum class Care : uint8_t { checkpoint_if_due, checkpoint, purge };
  task<Result<>> care_for(AccountId id, Care care);
  task<Result<>> maintain_open(AccountPtr handle, Care care);
  void index_soon(OpenAccount& account);
  void arm_index_timer();
  // Of those that are behind, those whose time has come.
  std::vector<AccountId> due_for_index();
  static task<> work_off_unindexed(std::shared_ptr<Table> self);
  task<> index_and_log(AccountId id);
  static void log_index_failure(const OpenAccount& account, const Error& error);
  // Apart from what follows the log: it takes long for a large account, and mail of others is indexed meanwhile.
  void make_index_soon(AccountId id);
  static task<> work_off_unmade(std::shared_ptr<Table> self);
  task<> make_index_and_log(AccountId id, search::TrigramSet& trigrams);
  void arm_walk();
  static task<> walk(std::shared_ptr<Table> self);
  task<> visit(AccountId id);

  const std::shared_ptr<Environment> env_;
  rt::Loop& home_;
  const size_t bytes_max_;
  Entries entries_;
  std::unordered_set<AccountId> retired_;  // no id is ever given out again; an account may come back
  std::list<AccountId> idle_;              // idle for the longest time last
  std::deque<AccountId> due_;
  std::unordered_set<AccountId> due_set_;
  std::unordered_map<AccountId, Orphans> orphans_;
  uint32_t maintainers_ = 0;
  bool walking_ = false;
  rt::Timer walk_timer_;
  // An account whose search index is behind, as it was when it fell behind, and when it was last looked at.
  struct Unindexed {
    TimePoint since;
    uint64_t messages = 0;
    Position last_arrival;
  };
  std::unordered_map<AccountId, Unindexed> unindexed_;
  bool indexing_ = false;  // looked at when the timer fires, or being worked off
  rt::Timer index_timer_;
  std::unique_ptr<search::TrigramSet> trigrams_;  // made when it is first needed
  std::set<AccountId> unmade_;                    // whose search index is to be made, or is being made, anew
  bool making_index_ = false;
  int working_ = 0;
  bool stopping_ = false;
  Gate ended_;
  std::atomic<size_t> open_accounts_{0};
  std::atomic<size_t> open_bytes_{0};
};

}  // namespace roost::accounts
