// What has left an account and can come back: expunged rows, and what deleted mailboxes held, as long as they are kept.
// Inside mail/ only.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "mail/account_state.h"
#include "mail/checkpoint.h"

namespace roost::mail {

// What left then, or earlier, does not come back (seconds since 1970 UTC).
int64_t expired_before(const RetentionTimes& times, const MailboxState& mailbox);

// When a row was expunged, at the latest; none where that is forgotten.
std::optional<int64_t> left_at(const MailboxState& mailbox, ModSeq expunged);

struct Departed {
  const Chunk* chunk;
  uint32_t index;
  const HotRow* hot;
  int64_t left;  // seconds since 1970 UTC
  const ColdRow& cold() const { return chunk->cold_row(index); }
};

// Pages of the chunks in which there are any, that are not in memory.
void add_pages_of_departed(const MailboxState& mailbox, std::vector<PageId>& out);
// Ascending by uid; of a deleted mailbox, whatever was in it too. Those chunks must be in memory.
void for_each_departed(const MailboxState& mailbox, const std::function<void(const Departed&)>& fn);

}  // namespace roost::mail
