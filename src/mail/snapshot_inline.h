// The loops of mail/snapshot.h that must be inlined. Included by it alone.
#pragma once

#include <algorithm>

#include "mail/mailbox_state.h"
#include "mail/snapshot.h"

namespace roost::mail {

inline const MailboxState& state_of(const Mailbox& mailbox) { return *mailbox.state_; }
inline const SeenColumn* seen_of(const Mailbox& mailbox) { return mailbox.seen_; }

template <class Fn>
void Mailbox::for_each_hot(Uid first, Uid last, Fn&& fn) const {
  SeenCursor seen(seen_);
  for (auto chunk = state_->chunk_from(first); chunk != state_->chunks.end(); ++chunk) {
    if ((*chunk)->uid_min > last) return;
    for (const HotLeaf& leaf : *(*chunk)->hot) {
      const HotRow* row = leaf.begin();
      const HotRow* end = leaf.end();
      if (leaf.live == 0 || end[-1].uid < first) continue;
      if (row->uid < first) row = std::partition_point(row, end, [first](const HotRow& r) { return r.uid < first; });
      if (end[-1].uid > last) end = std::partition_point(row, end, [last](const HotRow& r) { return r.uid <= last; });
      for (; row != end; ++row) {
        if (row->dead) continue;
        Hot hot = to_hot(*row);
        seen.show(row->uid, hot);
        if (!fn(row->uid, hot)) return;
      }
    }
  }
}

template <class Fn>
void Mailbox::for_each(Uid first, Uid last, Fn&& fn) const {
  SeenCursor seen(seen_);
  for (auto chunk = state_->chunk_from(first); chunk != state_->chunks.end(); ++chunk) {
    if ((*chunk)->uid_min > last) return;
    for (uint32_t i = (*chunk)->lower_bound(first); i < (*chunk)->rows; ++i) {
      const HotRow& row = (*chunk)->hot_row(i);
      if (row.uid > last) return;
      if (row.dead) continue;
      Hot hot = to_hot(row);
      seen.show(row.uid, hot);
      if (!fn(to_cold(state_->account, row.uid, (*chunk)->cold_row(i)), hot)) return;
    }
  }
}

}  // namespace roost::mail
