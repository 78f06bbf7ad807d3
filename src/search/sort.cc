#include "search/sort.h"

#include <algorithm>

namespace roost::search {

using Key = SortCriterion::Key;

bool Sorting::reads_cards() const {
  return std::ranges::any_of(criteria_,
                             [](const SortCriterion& c) { return c.key != Key::arrival && c.key != Key::size; });
}

bool Sorting::reads_keys() const {
  return std::ranges::any_of(criteria_, [](const SortCriterion& c) {
    return c.key != Key::arrival && c.key != Key::size && c.key != Key::date;
  });
}

Result<> Sorting::add(const mail::Cold& row, const message::CardView* card) {
  if (keys_.bytes() > kOrderBytesMax) return no(Code::limit, "Too many messages to be sorted at once.");
  message::SortKeys texts = reads_keys() ? sort_keys(card) : message::SortKeys();
  keys_.begin();
  for (const SortCriterion& criterion : criteria_) add_key(criterion, row, card, texts);
  entries_.push_back(keys_.end(row.uid.value));
  return {};
}

void Sorting::add_key(const SortCriterion& criterion, const mail::Cold& row, const message::CardView* card,
                      const message::SortKeys& texts) {
  bool reverse = criterion.reverse;
  switch (criterion.key) {
    case Key::arrival: return keys_.add(row.internal_date.seconds, reverse);
    case Key::date: return keys_.add(sent_date(row, card), reverse);
    case Key::size: return keys_.add(static_cast<int64_t>(row.size), reverse);
    case Key::cc: return keys_.add(texts.cc, reverse);
    case Key::from: return keys_.add(texts.from, reverse);
    case Key::subject: return keys_.add(texts.subject, reverse);
    case Key::to: return keys_.add(texts.to, reverse);
    case Key::display_from: return keys_.add(texts.display_from, reverse);
    case Key::display_to: return keys_.add(texts.display_to, reverse);
  }
}

bool Sorting::finish(Slice& slice) {
  if (!sort_) sort_.emplace(std::move(entries_), OrderKeys::Less(keys_));
  return sort_->run(slice);
}

std::vector<Uid> Sorting::result() const {
  std::vector<Uid> uids;
  uids.reserve(sort_->items().size());
  for (const OrderKeys::Entry& entry : sort_->items()) uids.emplace_back(entry.item);
  return uids;
}

}  // namespace roost::search
