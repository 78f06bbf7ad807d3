// Slows down guessing. Counts failures for each (name, address block), and answers how long the next attempt has to
// wait; nothing that anyone can do from elsewhere slows a user's own addresses. An address block from which the user
// logged in lately is spared more mistakes. Not thread-safe; time is given.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/bytes.h"
#include "base/clock.h"

namespace roost::auth {

class Throttle {
 public:
  static constexpr uint32_t kFreeFailures = 5;        // also the connections that a client opens at once
  static constexpr uint32_t kFreeFailuresKnown = 20;  // where the user logged in lately
  static constexpr Millis kDelayMax{15'000};          // between two attempts
  static constexpr Millis kWaitMax{30'000};           // of one attempt, behind others of its name and block
  static constexpr Seconds kForgetFailuresAfter{900};
  static constexpr Seconds kKnownFor{30 * 86'400};

  // An attempt that was begun and has to be ended by one of the three below.
  struct Attempt {
    uint64_t key = 0;
    Millis delay{0};
  };

  explicit Throttle(size_t entries_max);

  // Attempts under way count as failures until they end, and those that are delayed take turns, so that a thousand at
  // once gain nothing. Nullopt where it would have to wait longer than kWaitMax: only then is it not even tried.
  std::optional<Attempt> begin(std::string_view name, std::string_view address_block, TimePoint now);
  void succeeded(const Attempt& attempt, TimePoint now);
  void failed(const Attempt& attempt, TimePoint now);
  void abandoned(const Attempt& attempt);  // nothing was learned from it

  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    uint64_t key = 0;
    uint32_t failures = 0;
    uint32_t pending = 0;
    bool known = false;
    TimePoint last_failure;
    TimePoint last_success;
    TimePoint last_turn;  // when the last one that was delayed goes on
  };
  using Order = std::list<Entry>;  // the least recently used first

  uint64_t key_of(std::string_view name, std::string_view address_block) const;
  Entry& touch(uint64_t key);
  Entry* finish(const Attempt& attempt);
  void make_room();

  size_t entries_max_;
  Bytes hash_key_;  // random: nobody can aim at somebody else's entry
  Order order_;
  std::unordered_map<uint64_t, Order::iterator> entries_;
};

}  // namespace roost::auth
