#include "imapd/view.h"

#include <algorithm>

#include "base/planted.h"

namespace roost::imapd {
namespace {

UidSet below(Uid uidnext) {
  if (uidnext.value <= 1) return {};
  return UidSet{{Uid(1), Uid(uidnext.value - 1)}};
}

UidSet lowest(const UidSet& uids, uint32_t count) {
  UidSet taken;
  for (const UidRange& range : uids) {
    if (count == 0) break;
    auto size = static_cast<uint32_t>(std::min<uint64_t>(count, range.count()));
    taken.append(UidRange{range.first, Uid(range.first.value + size - 1)});
    count -= size;
  }
  return taken;
}

// Of `known`, those that are no longer there. RENAME of INBOX notes every uid as expunged, whether there was a message
// or not; what INBOX was until then tells which were messages.
UidSet gone_of(const UidSet& known, const mail::Mailbox& mailbox, ModSeq since, const mail::MailboxDelta& delta) {
  auto before = mailbox.before_rename(since);
  if (!before || !before->missing_pages(mail::kAllFlags).empty()) return delta.expunged.intersect(known);
  auto changes = mail::changes_since(*before, since);
  const auto* earlier = std::get_if<mail::MailboxDelta>(&changes);
  if (earlier == nullptr) return delta.expunged.intersect(known);
  return earlier->expunged.intersect(known).unite(before->live(known));
}

}  // namespace

bool advance(Selected& selected, const mail::Mailbox& mailbox, const mail::MailboxDelta& delta) {
  UidSet known = below(selected.uidnext);
  UidSet gone = gone_of(known, mailbox, selected.modseq, delta);
  if (!gone.empty()) {
    selected.ghosts = selected.ghosts.unite(gone);
    selected.flags_owed = selected.flags_owed.subtract(gone);
  }
  UidSet changed = delta.changed.intersect(known);
  if (planted(Bug::change_not_told)) changed = {};
  if (!changed.empty()) selected.flags_owed = selected.flags_owed.unite(changed);
  selected.modseq = std::max(selected.modseq, delta.highest);
  uint32_t live = mailbox.rank(selected.uidnext);
  // After a RENAME of INBOX of which this node knows nothing but a checkpoint that came later: what was there nobody
  // knows. All is gone; only how many there were matters to a client that is told EXPUNGE.
  if (live == 0 && selected.ghosts.count() > selected.exists) {
    selected.ghosts = lowest(selected.ghosts, selected.exists);
    selected.ghosts_known = false;
  }
  return live + selected.ghosts.count() == selected.exists;
}

View::View(const Selected& selected, mail::SnapshotPtr snapshot)
    : selected_(&selected),
      snapshot_(std::move(snapshot)),
      mailbox_(snapshot_->find(selected.mailbox).value()),
      exists_(selected.exists) {
  uint64_t count = 0;
  for (const UidRange& range : selected.ghosts) {
    ghosts_before_.push_back(static_cast<uint32_t>(count));
    count += range.count();
  }
}

uint32_t View::ghosts_below(Uid uid) const {
  const auto& ranges = selected_->ghosts.ranges();
  auto after = std::partition_point(ranges.begin(), ranges.end(), [uid](const UidRange& r) { return r.first < uid; });
  if (after == ranges.begin()) return 0;
  size_t index = static_cast<size_t>(after - ranges.begin()) - 1;
  uint32_t last = std::min(ranges[index].last.value, uid.value - 1);
  return ghosts_before_[index] + (last - ranges[index].first.value + 1);
}

uint32_t View::rank(Uid uid) const {
  uid = std::min(uid, selected_->uidnext);
  uint32_t live = mailbox_.rank(uid);
  return ghosts_before_.empty() ? live : live + ghosts_below(uid);
}

Uid View::uid(SeqNum seq) const {
  if (ghosts_before_.empty()) return mailbox_.uid_at(seq.value - 1).value_or(Uid());
  // The lowest uid up to which there are `seq` members.
  uint32_t low = 1;
  uint32_t high = selected_->uidnext.value - 1;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (rank(Uid(middle + 1)) >= seq.value) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return Uid(low);
}

Uid View::last() const { return exists_ == 0 ? Uid() : uid(SeqNum(exists_)); }

bool View::contains(Uid uid) const {
  return uid < selected_->uidnext && (selected_->ghosts.contains(uid) || mailbox_.contains(uid));
}

UidSet View::numbers(const UidSet& members) const {
  UidSet numbers;
  for (const UidRange& range : members) {
    uint32_t first = rank(range.first) + 1;
    numbers.append(UidRange{Uid(first), Uid(first + static_cast<uint32_t>(range.count() - 1))});
  }
  return numbers;
}

UidSet View::known(const UidSet& uids) const { return uids.intersect(below(selected_->uidnext)); }

UidSet View::members(const UidSet& uids) const {
  UidSet candidates = known(uids);
  UidSet live = mailbox_.live(candidates);
  if (ghosts_before_.empty()) return live;
  return live.unite(selected_->ghosts.intersect(candidates));
}

UidSet View::all() const { return members(below(selected_->uidnext)); }

Result<UidSet> View::resolve(const imap::SequenceSet& set, bool by_uid) const {
  // RFC 5182 2.1: an expunged message leaves "$" at once, told or not.
  if (set.saved) return mailbox_.live(selected_->saved);
  if (by_uid) {
    Uid star = exists_ == 0 ? selected_->uidnext : last();
    return members(imap::resolve_uids(set, star));
  }
  ROOST_TRY(std::vector<imap::SeqRange> numbers, imap::resolve_numbers(set, exists_));
  return numbered(numbers);
}

Result<UidSet> View::resolve_search(const imap::SequenceSet& set, bool by_uid) const {
  if (set.saved || by_uid) return resolve(set, by_uid);
  return numbered(imap::existing_numbers(set, exists_));
}

UidSet View::numbered(const std::vector<imap::SeqRange>& numbers) const {
  std::vector<UidRange> spans;
  spans.reserve(numbers.size());
  for (const imap::SeqRange& range : numbers) spans.push_back({uid(range.first), uid(range.last)});
  return members(UidSet::from_ranges(std::move(spans)));
}

}  // namespace roost::imapd
