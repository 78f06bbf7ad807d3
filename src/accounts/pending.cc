#include "accounts/pending.h"

namespace roost::accounts {
namespace {

constexpr size_t kOperationBytes = 64;
constexpr size_t kRangeBytes = 8;

void resume_all(const std::vector<PendingPtr>& pendings) {
  for (const PendingPtr& pending : pendings) {
    pending->answered = true;
    if (auto waiter = std::exchange(pending->waiter, nullptr)) waiter.resume();
  }
}

size_t message_bytes(const mail::NewMessage& message) {
  return kOperationBytes + (message.body ? message.body->size() : 0) + (message.card ? message.card->size() : 0);
}

struct SizeOf {
  size_t operator()(const mail::Append& op) const {
    size_t bytes = kOperationBytes;
    for (const mail::NewMessage& message : op.messages) bytes += message_bytes(message);
    return bytes;
  }
  size_t operator()(const mail::Replace& op) const { return kOperationBytes + message_bytes(op.message); }
  size_t operator()(const mail::Store& op) const { return kOperationBytes + op.uids.range_count() * kRangeBytes; }
  size_t operator()(const mail::Copy& op) const { return kOperationBytes + op.uids.range_count() * kRangeBytes; }
  size_t operator()(const mail::SetMetadata& op) const {
    size_t bytes = kOperationBytes;
    for (const auto& entry : op.entries) bytes += kOperationBytes + (entry.value ? entry.value->size() : 0);
    return bytes;
  }
  template <class Other>
  size_t operator()(const Other&) const {
    return kOperationBytes;
  }
};

}  // namespace

void answer_all(std::vector<PendingPtr> pendings) {
  std::vector<std::vector<PendingPtr>> groups;
  for (PendingPtr& pending : pendings) {
    size_t index = pending->caller->index();
    if (groups.size() <= index) groups.resize(index + 1);
    groups[index].push_back(std::move(pending));
  }
  for (std::vector<PendingPtr>& group : groups) {
    if (group.empty()) continue;
    rt::Loop* loop = group.front()->caller;
    loop->post([group = std::move(group)] { resume_all(group); });
  }
}

size_t operation_bytes(const mail::Operation& operation) { return std::visit(SizeOf{}, operation); }

}  // namespace roost::accounts
