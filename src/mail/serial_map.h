// A sparse map from serial numbers to small values: body counts, times of death, references to card segments.
// Persistent and made of spans of 4,096 serials, each of which is one page of a checkpoint; only spans that changed are
// rewritten.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/ids.h"
#include "mail/persistent_map.h"

namespace roost::mail {

constexpr uint64_t kSpanSerials = 4'096;

template <class Value>
class SerialMap {
 public:
  struct Item {
    uint16_t offset;  // from the span's first serial
    Value value;
    friend bool operator==(const Item&, const Item&) = default;
  };
  using Items = std::vector<Item>;  // ascending, never empty
  struct Span {
    PageId page;  // 0: changed since the last checkpoint
    std::shared_ptr<const Items> items;
  };
  using Spans = PersistentMap<uint64_t, Span>;  // by serial / kSpanSerials

  const Value* find(uint64_t serial) const {
    const Span* span = spans_.find(serial / kSpanSerials);
    if (span == nullptr) return nullptr;
    auto offset = static_cast<uint16_t>(serial % kSpanSerials);
    auto it = std::ranges::lower_bound(*span->items, offset, {}, &Item::offset);
    return it != span->items->end() && it->offset == offset ? &it->value : nullptr;
  }
  uint64_t size() const { return size_; }

  // Calls fn(serial, value) in ascending order.
  template <class Fn>
  void for_each(Fn&& fn) const {
    spans_.for_each([&](uint64_t index, const Span& span) {
      for (const Item& item : *span.items) fn(index * kSpanSerials + item.offset, item.value);
      return true;
    });
  }

  // Changes many at once. `serials` ascends, repeats allowed; change(serial, Value* found) is called for each in that
  // order and returns the value to have from then on, or nothing to have none.
  template <class Change>
  void update(const std::vector<uint64_t>& serials, Change&& change);

  const Spans& spans() const { return spans_; }
  // For checkpoints.
  void set_span(uint64_t index, Span span) {
    if (const Span* old = spans_.find(index)) size_ -= old->items->size();
    size_ += span.items->size();
    spans_.set(index, std::move(span));
  }

 private:
  Spans spans_;
  uint64_t size_ = 0;
};

template <class Value>
template <class Change>
void SerialMap<Value>::update(const std::vector<uint64_t>& serials, Change&& change) {
  for (size_t i = 0; i < serials.size();) {
    uint64_t index = serials[i] / kSpanSerials;
    const Span* old = spans_.find(index);
    static const Items kNone;
    const Items& before = old != nullptr ? *old->items : kNone;
    auto after = std::make_shared<Items>();
    after->reserve(before.size() + 1);
    auto left = before.begin();
    while (i < serials.size() && serials[i] / kSpanSerials == index) {
      uint64_t serial = serials[i];
      auto offset = static_cast<uint16_t>(serial % kSpanSerials);
      while (left != before.end() && left->offset < offset) after->push_back(*left++);
      std::optional<Value> value;
      if (left != before.end() && left->offset == offset) value = (left++)->value;
      for (; i < serials.size() && serials[i] == serial; ++i) value = change(serial, value ? &*value : nullptr);
      if (value) after->push_back({offset, *value});
    }
    after->insert(after->end(), left, before.end());
    size_ = size_ - before.size() + after->size();
    if (!after->empty()) {
      spans_.set(index, Span{PageId(0), std::move(after)});
    } else if (old != nullptr) {
      spans_.erase(index);
    }
  }
}

}  // namespace roost::mail
