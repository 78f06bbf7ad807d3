#include "search/subject_merge.h"

namespace roost::search {
namespace {

std::vector<OrderKeys::Entry> subjects_of(const std::vector<ThreadHead>& heads) {
  std::vector<OrderKeys::Entry> entries;
  entries.reserve(heads.size());
  for (const ThreadHead& head : heads) {
    entries.push_back(head.subject);
    entries.back().item = static_cast<uint32_t>(entries.size() - 1);
  }
  return entries;
}

}  // namespace

SubjectMerge::SubjectMerge(std::vector<ThreadHead> heads, Place first_new, const OrderKeys& keys)
    : heads_(std::move(heads)),
      first_new_(first_new),
      keys_(keys),
      by_subject_(subjects_of(heads_), OrderKeys::Less(keys)) {}

bool SubjectMerge::run(Slice& slice) {
  if (!by_subject_.run(slice)) return false;
  std::span<const OrderKeys::Entry> sorted = by_subject_.items();
  while (next_ < sorted.size()) {
    size_t end = next_ + 1;
    while (end < sorted.size() && keys_.key(sorted[end]) == keys_.key(sorted[next_])) ++end;
    merge(sorted.subspan(next_, end - next_));
    auto pieces = static_cast<uint32_t>(end - next_);
    next_ = end;
    if (slice.late(pieces)) return false;
  }
  return true;
}

// Step 5 (B): the one that the others are merged with.
const ThreadHead& SubjectMerge::chosen(std::span<const OrderKeys::Entry> same) const {
  const ThreadHead* best = &heads_[same.front().item];
  for (const OrderKeys::Entry& entry : same) {
    const ThreadHead& head = heads_[entry.item];
    if (!best->dummy && (head.dummy || (best->reply && !head.reply))) best = &head;
  }
  return *best;
}

// Step 5 (C).
void SubjectMerge::merge(std::span<const OrderKeys::Entry> same) {
  if (same.size() == 1) return;
  const ThreadHead& first = chosen(same);
  ThreadHead into = first;
  for (const OrderKeys::Entry& entry : same) {
    const ThreadHead& head = heads_[entry.item];
    if (&head == &first) continue;
    if (!into.dummy && (!head.reply || into.reply)) {
      Place dummy = first_new_ + made_++;
      moves_.push_back({into.place, dummy});
      into = {.place = dummy, .dummy = true};
    }
    moves_.push_back({head.place, into.place});
  }
}

}  // namespace roost::search
