#include "imapd/features/news.h"

#include <algorithm>

namespace roost::imapd {
namespace {

constexpr size_t kItemBytes = 96;
constexpr size_t kRangeBytes = sizeof(UidRange);

// A mailbox's children go with it (RFC 5465 5.4).
bool is_or_lies_below(const std::string& name, const std::string& top) {
  return name.starts_with(top) && (name.size() == top.size() || name[top.size()] == '/');
}

}  // namespace

void News::charge(size_t bytes) {
  bytes_ += bytes;
  if (bytes_ > bytes_max_) overflow();
}

void News::overflow() {
  overflowed_ = true;
  names_.clear();
  messages_.clear();
  metadata_.clear();
}

// Whether the name will be told as it is by then, and nothing before it takes the name away again.
bool News::is_said(const std::string& name) const {
  for (auto said = names_.rbegin(); said != names_.rend(); ++said) {
    if (!said->old_name.empty() && is_or_lies_below(name, said->old_name)) return false;
    if (said->name == name) return true;
  }
  return false;
}

void News::add_name(std::string name, std::string old_name) {
  if (overflowed_ || (old_name.empty() && is_said(name))) return;
  size_t bytes = kItemBytes + name.size() + old_name.size();
  names_.push_back({std::move(name), std::move(old_name)});
  charge(bytes);
}

std::vector<std::string> News::carried_along(const std::string& from, const std::string& to) const {
  std::vector<std::string> carried;
  for (const Name& one : names_) {
    if (one.name != from && is_or_lies_below(one.name, from)) carried.push_back(to + one.name.substr(from.size()));
  }
  return carried;
}

void News::add_messages(MailboxOf mailbox, imap::NotifyEvents events, const UidSet& arrived) {
  if (overflowed_) return;
  auto [entry, fresh] = messages_.try_emplace(mailbox);
  size_t ranges = entry->second.arrived.range_count();
  entry->second.events.add(events);
  entry->second.arrived = entry->second.arrived.unite(arrived);
  size_t more = std::max(entry->second.arrived.range_count(), ranges) - ranges;
  charge((fresh ? kItemBytes : 0) + more * kRangeBytes);
}

void News::add_metadata(MailboxOf mailbox, std::string entry, ModSeq modseq) {
  if (overflowed_) return;
  auto known = std::ranges::find_if(metadata_,
                                    [&](const Metadata& one) { return one.mailbox == mailbox && one.entry == entry; });
  if (known != metadata_.end()) {
    known->modseq = modseq;
    return;
  }
  size_t bytes = kItemBytes + entry.size();
  metadata_.push_back({mailbox, std::move(entry), modseq});
  charge(bytes);
}

void News::forget_arrivals(MailboxOf mailbox, const UidSet& uids) {
  auto entry = messages_.find(mailbox);
  if (entry == messages_.end()) return;
  entry->second.arrived = entry->second.arrived.subtract(uids);
  if (entry->second.arrived.empty() && entry->second.events.empty()) messages_.erase(entry);
}

void News::forget_metadata(AccountId account, ModSeq modseq) {
  std::erase_if(metadata_, [=](const Metadata& one) { return one.mailbox.account == account && one.modseq == modseq; });
}

}  // namespace roost::imapd
