// What waits to be pushed: at most one notice for each registration, whatever arrives meanwhile. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"

namespace roost::push {

inline constexpr Millis kPushInterval{1'000};  // between two pushes of one registration
inline constexpr Millis kFirstRetry{1'000};    // doubled each time
inline constexpr Millis kLastRetry{10 * 60 * 1000};
inline constexpr uint32_t kAttemptsMax = 12;  // about half an hour: by then the device has looked for itself
inline constexpr size_t kDigestsMax = 20;     // of mailboxes, in one notice

struct Notice {
  AccountId account;
  std::string entry;  // the registration's
  std::string account_id;
  std::string device_token;
  std::set<std::string> digests;  // of the mailboxes that have new mail
  friend bool operator==(const Notice&, const Notice&) = default;
};

class Notices {
 public:
  explicit Notices(size_t notices_max) : notices_max_(notices_max) {}

  // False: there is no room, and it is forgotten.
  bool add(Notice notice, TimePoint now);
  // Up to `count` that are due, oldest first. Each is under way until it is answered for.
  std::vector<Notice> take(size_t count, TimePoint now);
  // Up to `count` that nobody has tried to send, due or not: at the end.
  std::vector<Notice> take_untried(size_t count);
  // When something can be taken next, unless something is added; nothing waits: none.
  std::optional<TimePoint> next() const;

  void arrived(const Notice& notice, TimePoint now);
  // It comes again later; false: not any more.
  bool failed(Notice notice, TimePoint now);
  // No more of this registration.
  void ended(const Notice& notice);

  size_t size() const { return entries_.size(); }

 private:
  using Key = std::pair<AccountId, std::string>;
  struct Entry {
    std::optional<Notice> waiting;
    bool under_way = false;
    uint32_t attempts = 0;
    TimePoint due;  // with nothing waiting: when it can be forgotten
  };
  using Entries = std::map<Key, Entry>;

  static Key key_of(const Notice& notice) { return {notice.account, notice.entry}; }
  void set_due(Entries::iterator at, TimePoint due);
  static Notice begin(Entry& entry);

  const size_t notices_max_;
  Entries entries_;
  std::set<std::pair<TimePoint, Key>> due_;  // entries that are not under way
};

}  // namespace roost::push
