#include "search/thread.h"

namespace roost::search {
namespace {

// Of a key that ends with a date.
BytesView without_date(BytesView key) { return key.substr(0, key.size() - sizeof(int64_t)); }

}  // namespace

Result<> OrderedSubject::add(const mail::Cold& row, const message::CardView* card) {
  if (keys_.bytes() > kOrderBytesMax) return no(Code::limit, "Too many messages to be threaded at once.");
  int64_t date = sent_date(row, card);
  keys_.begin();
  keys_.add(card != nullptr ? card->sorted_subject() : BytesView());
  keys_.add(date);
  entries_.push_back(keys_.end(static_cast<uint32_t>(messages_.size())));
  messages_.push_back({row.uid, date});
  return {};
}

bool OrderedSubject::finish(Slice& slice) {
  if (phase_ == Phase::by_subject) {
    if (!by_subject_) by_subject_.emplace(std::move(entries_), OrderKeys::Less(keys_));
    if (!by_subject_->run(slice)) return false;
    phase_ = Phase::threads;
  }
  if (phase_ == Phase::threads) {
    if (!find_threads(slice)) return false;
    phase_ = Phase::by_date;
  }
  if (phase_ == Phase::by_date) {
    if (!by_date_->run(slice)) return false;
    next_ = 0;
    phase_ = Phase::result;
  }
  if (phase_ == Phase::result) {
    if (!write_result(slice)) return false;
    phase_ = Phase::done;
  }
  return true;
}

bool OrderedSubject::find_threads(Slice& slice) {
  const auto& sorted = by_subject_->items();
  for (; next_ < sorted.size(); ++next_) {
    if (slice.late()) return false;
    bool same = next_ > 0 && without_date(keys_.key(sorted[next_ - 1])) == without_date(keys_.key(sorted[next_]));
    if (!same) {
      Message& first = messages_[sorted[next_].item];
      first.group = static_cast<uint32_t>(groups_.size());
      groups_.push_back({.begin = static_cast<uint32_t>(next_)});
      firsts_.push_back({first.date, sorted[next_].item});
    }
    groups_.back().end = static_cast<uint32_t>(next_ + 1);
  }
  by_date_.emplace(std::move(firsts_), EarlierDate());
  return true;
}

bool OrderedSubject::write_result(Slice& slice) {
  while (next_ < groups_.size()) {
    Group group = groups_[messages_[by_date_->items()[next_].item].group];
    for (uint32_t i = group.begin; i < group.end; ++i) {
      uint32_t children = i == group.begin ? group.end - group.begin - 1 : 0;
      result_.push_back({messages_[by_subject_->items()[i].item].uid, children});
    }
    ++next_;
    if (slice.late(group.end - group.begin)) return false;
  }
  return true;
}

}  // namespace roost::search
