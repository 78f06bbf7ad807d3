// SORT (RFC 5256 3, RFC 5957).
#pragma once

#include <optional>
#include <vector>

#include "search/order_key.h"
#include "search/ordering.h"
#include "search/sliced_sort.h"

namespace roost::search {

struct SortCriterion {
  enum class Key : uint8_t { arrival, cc, date, from, size, subject, to, display_from, display_to };
  Key key = Key::arrival;
  bool reverse = false;
};

class Sorting final : public Ordering {
 public:
  // By the first criterion, then by the second, …, and then as they are in the mailbox.
  explicit Sorting(std::vector<SortCriterion> criteria) : criteria_(std::move(criteria)) {}

  bool reads_cards() const override;
  bool reads_keys() const override;
  void expect(size_t messages) override { entries_.reserve(messages); }
  Result<> add(const mail::Cold& row, const message::CardView* card) override;
  bool finish(Slice& slice) override;

  // Once it is finished.
  std::vector<Uid> result() const;

 private:
  void add_key(const SortCriterion& criterion, const mail::Cold& row, const message::CardView* card,
               const message::SortKeys& texts);

  const std::vector<SortCriterion> criteria_;
  OrderKeys keys_;
  std::vector<OrderKeys::Entry> entries_;  // their items are uids
  std::optional<SlicedSort<OrderKeys::Entry, OrderKeys::Less>> sort_;
};

}  // namespace roost::search
