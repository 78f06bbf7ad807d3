#include "push/notices.h"

#include <algorithm>

namespace roost::push {
namespace {

void merge(Notice& into, Notice&& more) {
  into.digests.merge(more.digests);
  while (into.digests.size() > kDigestsMax) into.digests.erase(std::prev(into.digests.end()));
}

Millis retry_after(uint32_t attempts) {
  constexpr uint32_t kDoublingsMax = 10;
  return std::min(kLastRetry, kFirstRetry * (1 << std::min(attempts, kDoublingsMax)));
}

}  // namespace

void Notices::set_due(Entries::iterator at, TimePoint due) {
  due_.erase({at->second.due, at->first});
  at->second.due = due;
  if (!at->second.under_way) due_.emplace(due, at->first);
}

bool Notices::add(Notice notice, TimePoint now) {
  auto found = entries_.find(key_of(notice));
  if (found == entries_.end()) {
    if (entries_.size() >= notices_max_) return false;
    found = entries_.emplace(key_of(notice), Entry{}).first;
    set_due(found, now);
  }
  std::optional<Notice>& waiting = found->second.waiting;
  if (waiting) {
    merge(*waiting, std::move(notice));
  } else {
    waiting = std::move(notice);
  }
  return true;
}

// It is not among the due ones any more.
Notice Notices::begin(Entry& entry) {
  entry.under_way = true;
  Notice notice = *std::move(entry.waiting);
  entry.waiting.reset();
  return notice;
}

std::vector<Notice> Notices::take(size_t count, TimePoint now) {
  std::vector<Notice> out;
  while (!due_.empty() && due_.begin()->first <= now && out.size() < count) {
    auto at = entries_.find(due_.begin()->second);
    due_.erase(due_.begin());
    if (!at->second.waiting) {
      entries_.erase(at);
      continue;
    }
    out.push_back(begin(at->second));
  }
  return out;
}

std::vector<Notice> Notices::take_untried(size_t count) {
  std::vector<Notice> out;
  for (auto due = due_.begin(); due != due_.end() && out.size() < count;) {
    Entry& entry = entries_.find(due->second)->second;
    if (!entry.waiting || entry.attempts > 0) {
      ++due;
      continue;
    }
    due = due_.erase(due);
    out.push_back(begin(entry));
  }
  return out;
}

std::optional<TimePoint> Notices::next() const {
  return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
}

void Notices::arrived(const Notice& notice, TimePoint now) {
  auto at = entries_.find(key_of(notice));
  if (at == entries_.end()) return;
  at->second.under_way = false;
  at->second.attempts = 0;
  set_due(at, now + kPushInterval);
}

bool Notices::failed(Notice notice, TimePoint now) {
  auto at = entries_.find(key_of(notice));
  if (at == entries_.end()) return false;
  Entry& entry = at->second;
  if (++entry.attempts >= kAttemptsMax) {
    ended(notice);
    return false;
  }
  if (entry.waiting) {
    merge(*entry.waiting, std::move(notice));
  } else {
    entry.waiting = std::move(notice);
  }
  entry.under_way = false;
  set_due(at, now + retry_after(entry.attempts - 1));
  return true;
}

void Notices::ended(const Notice& notice) {
  auto at = entries_.find(key_of(notice));
  if (at == entries_.end()) return;
  due_.erase({at->second.due, at->first});
  entries_.erase(at);
}

}  // namespace roost::push
