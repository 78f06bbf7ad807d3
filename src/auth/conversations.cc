#include "auth/conversations.h"

#include <utility>

namespace roost::auth {

uint64_t Conversations::add(Conversation conversation) {
  TimePoint now = conversation.started;
  while (!entries_.empty()) {
    bool expired = now - entries_.begin()->second.started > kKeptFor;
    if (!expired && entries_.size() < kEntriesMax) break;
    entries_.erase(entries_.begin());
  }
  uint64_t id = next_id_++;
  entries_.emplace(id, std::move(conversation));
  return id;
}

std::optional<Conversation> Conversations::take(uint64_t id, TimePoint now) {
  auto node = entries_.extract(id);
  if (node.empty() || now - node.mapped().started > kKeptFor) return std::nullopt;
  return std::move(node.mapped());
}

}  // namespace roost::auth
