// THREAD (RFC 5256 3): what its algorithms have in common, and ORDEREDSUBJECT. REFERENCES and REFS:
// search/references.h.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "search/order_key.h"
#include "search/ordering.h"
#include "search/sliced_sort.h"

namespace roost::search {

// All threads, each message before its children; the first one of a thread is nobody's child.
struct ThreadMember {
  Uid uid;  // 0: a parent that is not there, of two children or more; it has no parent itself
  uint32_t children = 0;

  friend bool operator==(const ThreadMember&, const ThreadMember&) = default;
};

class Threading : public Ordering {
 public:
  bool reads_cards() const final { return true; }
  bool reads_keys() const final { return true; }
  // Once it is finished.
  const std::vector<ThreadMember>& result() const { return result_; }

 protected:
  std::vector<ThreadMember> result_;
};

// Something with a date; the lower number first where dates are the same.
struct Dated {
  int64_t date = 0;  // seconds since 1970 UTC
  uint32_t item = 0;
};
struct EarlierDate {
  bool operator()(const Dated& a, const Dated& b) const { return a.date != b.date ? a.date < b.date : a.item < b.item; }
};
using DateSort = SlicedSort<Dated, EarlierDate>;

class OrderedSubject final : public Threading {
 public:
  void expect(size_t messages) override {
    entries_.reserve(messages);
    messages_.reserve(messages);
  }
  Result<> add(const mail::Cold& row, const message::CardView* card) override;
  bool finish(Slice& slice) override;

 private:
  enum class Phase : uint8_t { by_subject, threads, by_date, result, done };
  // Messages of one subject, next to each other in by_subject_.
  struct Group {
    uint32_t begin = 0;
    uint32_t end = 0;
  };

  bool find_threads(Slice& slice);
  bool write_result(Slice& slice);

  struct Message {
    Uid uid;
    int64_t date = 0;
    uint32_t group = 0;  // that begins with it
  };
  OrderKeys keys_;  // subject, then date
  std::vector<Message> messages_;
  std::vector<OrderKeys::Entry> entries_;  // their items are places in messages_
  std::optional<SlicedSort<OrderKeys::Entry, OrderKeys::Less>> by_subject_;
  std::vector<Group> groups_;
  std::vector<Dated> firsts_;        // of each group; their items are places in messages_
  std::optional<DateSort> by_date_;  // of firsts_
  Phase phase_ = Phase::by_subject;
  size_t next_ = 0;
};

}  // namespace roost::search
