// SUBSCRIBE, \Recent and blobs.
#include <algorithm>

#include "mail/checkpoint.h"
#include "mail/mailbox_path.h"
#include "mail/planning.h"

namespace roost::mail {

PlanOutcome plan_one(Planning& planning, const Subscribe& operation) {
  if (planning.state().subscriptions.contains(operation.name) == operation.on) return planning.finish(Done{});
  if (operation.on) {
    if (auto sound = check_mailbox_name(operation.name, planning.limits()); !sound) return std::move(sound).error();
    if (planning.state().subscriptions.size() >= planning.limits().subscriptions_max) {
      return refusal(Code::limit, "The account has too many subscriptions");
    }
  }
  planning.add(SubscribeEffect{operation.name, operation.on});
  return planning.finish(Done{});
}

PlanOutcome plan_one(Planning& planning, const ClaimRecent& operation) {
  auto mailbox = planning.mailbox(operation.mailbox, Code::nonexistent);
  if (!mailbox) return planning.finish(Done{});  // gone meanwhile: nobody is told anything any more
  Uid next = std::min(operation.next, (*mailbox)->uidnext);
  if (next > (*mailbox)->recent_uid) planning.add(RecentEffect{(*mailbox)->id, next});
  return planning.finish(Done{});
}

PlanOutcome plan_one(Planning& planning, const ReserveBlobs& operation) {
  uint64_t first = planning.state().next_blob;
  Reserved result{first, operation.count};
  if (operation.count == 0) return planning.finish(result);
  if (operation.count > kReservationSerialsMax || operation.count >= UINT64_MAX - first) {
    return refusal(Code::limit, "The account cannot set aside so many blobs");
  }
  planning.add(ReserveEffect{first, operation.count});
  return planning.finish(result);
}

PlanOutcome plan_one(Planning& planning, const ForgetBlobs& operation) {
  const AccountState& state = planning.state();
  ForgetEffect effect;
  for (const BlobId& blob : operation.blobs) {
    const auto* reserved = state.reserved.floor(blob.serial);
    bool known =
        state.dead_blobs.find(blob.serial) != nullptr || (reserved != nullptr && blob.serial <= reserved->second.last);
    if (blob.owner == state.id && known) effect.serials.push_back(blob.serial);
  }
  std::ranges::sort(effect.serials);
  effect.serials.erase(std::ranges::unique(effect.serials).begin(), effect.serials.end());
  Forgotten result;
  for (uint64_t serial : effect.serials) result.blobs.push_back({state.id, serial});
  if (!effect.serials.empty()) planning.add(std::move(effect));
  return planning.finish(std::move(result));
}

PlanOutcome plan_one(Planning& planning, const SetQuota& operation) {
  if (planning.state().quota != operation.limits) planning.add(QuotaEffect{operation.limits});
  return planning.finish(Done{});
}

PlanOutcome plan_one(Planning& planning, const Initialise& operation) {
  if (is_unseeded(planning.snapshot()))
    planning.add(SeedEffect{std::max(operation.uidvalidity_seed, kUnseeded.next())});
  return planning.finish(Done{});
}

}  // namespace roost::mail
