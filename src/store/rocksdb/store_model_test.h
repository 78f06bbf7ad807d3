// What a store must hold after it ended at any moment: a model that is told what its writers began and what they were
// answered, and then compares every octet.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "store/store.h"

namespace roost::store {

enum class Kind : uint8_t { record, root, page, blob, name, trim, account, account_id };

// A place in the store.
struct Slot {
  Kind kind = Kind::record;
  uint64_t account = 0;
  uint64_t number = 0;  // position, page, serial or name; what was trimmed up to; the account id that was given

  friend auto operator<=>(const Slot&, const Slot&) = default;
};

// Plain octets, so that a process which will be killed can tell it through a pipe.
struct Event {
  enum class Step : uint8_t { begins, done, refused };
  Step step = Step::begins;
  Slot slot;
  uint64_t seed = 0;  // of what is written; 0 where it is removed
  Slot with;          // written by the same call, if with_seed is not 0
  uint64_t with_seed = 0;
};

// The octets that a seed stands for in a slot of this kind, and the seed of such octets; nothing where they are wrong
// in any place.
Bytes value_of(Kind kind, uint64_t seed);
std::optional<uint64_t> seed_of(Kind kind, BytesView value);

class StoreModel {
 public:
  void note(const Event& event);
  // Compares, fails the test at every difference, and takes for certain what is there.
  task<> verify(AccountStore& store);
  bool empty() const { return slots_.empty(); }

 private:
  // Absent is 0. What has begun without an answer may have happened, or not.
  struct Value {
    uint64_t certain = 0;
    std::vector<uint64_t> possible;
  };
  struct Trim {
    uint64_t certain = 0;
    uint64_t possible = 0;
  };
  struct Partner {
    Slot slot;
    uint64_t seed = 0;
  };

  void note_value(const Event& event, const Slot& slot, uint64_t seed);
  void note_trim(const Event& event);
  void note_deletion(const Event& event);
  void judge(const Slot& slot, uint64_t actual);
  void judge_records(uint64_t account, const std::map<uint64_t, uint64_t>& found, uint64_t first);
  task<> verify_log(AccountStore& store, AccountId account);
  task<> verify_blobs(AccountStore& store, AccountId account);
  task<> verify_pages(AccountStore& store, AccountId account);
  task<> verify_names(AccountStore& store);
  task<> verify_account_ids(AccountStore& store);
  std::vector<Slot> slots_of(Kind kind, uint64_t account) const;
  std::set<uint64_t> accounts() const;

  std::map<Slot, Value> slots_;
  std::map<uint64_t, Trim> trims_;        // by account
  std::map<uint64_t, Partner> partners_;  // by the seed of what has begun
  uint64_t account_id_ = 0;               // the highest that was given
};

// A model that several threads tell.
class SharedModel {
 public:
  explicit SharedModel(StoreModel model) : model_(std::move(model)) {}
  void note(const Event& event) {
    std::lock_guard lock(mutex_);
    model_.note(event);
  }
  // Nothing begins and nothing is answered while `fn(model)` runs.
  template <class Fn>
  void while_still(Fn fn) {
    std::lock_guard lock(mutex_);
    fn(model_);
  }

 private:
  std::mutex mutex_;
  StoreModel model_;
};

inline constexpr const char* kNameSpace = "test";

}  // namespace roost::store
