#include "accounts/batch.h"

#include <algorithm>

#include "accounts/environment.h"

namespace roost::accounts {
namespace {

constexpr uint64_t kRowsPerArrival = 10;  // a new message costs as much as so many that are looked at

class Planner {
 public:
  Planner(const mail::SnapshotPtr& snapshot, const mail::PlanContext& context) : at_(snapshot), context_(context) {}

  void plan(const Pending& pending, bool last) {
    context_.actor = pending.actor;
    draft_.grows |= brings_mail(pending.operation);
    auto outcome = mail::plan(*at_, pending.operation, context_);
    if (auto* need = std::get_if<mail::Need>(&outcome)) return lack(*need);
    if (auto* error = std::get_if<Error>(&outcome)) {
      draft_.answers.emplace_back(std::unexpected(std::move(*error)));
      return;
    }
    take(std::get<mail::Planned>(std::move(outcome)), last);
  }

  BatchOutcome finish() {
    if (!need_.pages.empty()) {
      std::ranges::sort(need_.pages);
      auto tail = std::ranges::unique(need_.pages);
      need_.pages.erase(tail.begin(), tail.end());
      return std::move(need_);
    }
    if (!effects_.empty()) draft_.record = mail::make_record(effects_);
    return std::move(draft_);
  }

 private:
  void lack(const mail::Need& need) { need_.pages.insert(need_.pages.end(), need.pages.begin(), need.pages.end()); }

  void take(mail::Planned planned, bool last) {
    if (!planned.effects.encoded.empty()) {
      if (!last && !fold(planned.effects)) return;
      effects_.push_back(std::move(planned.effects));
    }
    draft_.answers.emplace_back(std::move(planned.result));
    for (const mail::Planned::Body& body : planned.bodies) draft_.blobs.push_back({body.id, *body.data});
  }

  bool fold(const mail::Effects& effects) {
    auto outcome = mail::fold_effects(at_, effects);
    if (auto* folded = std::get_if<mail::Folded>(&outcome)) {
      at_ = std::move(folded->snapshot);
      return true;
    }
    if (auto* need = std::get_if<mail::Need>(&outcome)) {
      lack(*need);
    } else {
      draft_.answers.emplace_back(std::unexpected(std::get<Error>(outcome)));
    }
    return false;
  }

  mail::SnapshotPtr at_;
  mail::PlanContext context_;
  std::vector<mail::Effects> effects_;
  Draft draft_;
  mail::Need need_;
};

// Rows that an operation may look at and change.
struct RowsOf {
  const mail::Snapshot& snapshot;

  uint64_t in(MailboxId mailbox, uint64_t at_most) const {
    auto found = snapshot.find(mailbox);
    return found ? std::min<uint64_t>(found->messages(), at_most) : 0;
  }
  uint64_t operator()(const mail::Append& op) const { return op.messages.size() * kRowsPerArrival; }
  uint64_t operator()(const mail::Replace&) const { return kRowsPerArrival + 1; }
  uint64_t operator()(const mail::Store& op) const { return in(op.mailbox, op.uids.count()); }
  uint64_t operator()(const mail::Copy& op) const { return in(op.from, op.uids.count()) * 4; }
  uint64_t operator()(const mail::Expunge& op) const { return in(op.mailbox, op.only ? op.only->count() : UINT64_MAX); }
  uint64_t operator()(const mail::RenameMailbox&) const { return snapshot.mailbox_count(); }
  uint64_t operator()(const mail::DeleteMailbox& op) const {
    auto found = snapshot.find(op.name);
    return found ? found->messages() : 0;
  }
  uint64_t operator()(const mail::SetMetadata& op) const { return op.special_use ? snapshot.mailbox_count() : 1; }
  uint64_t operator()(const mail::ForgetBlobs& op) const { return op.blobs.size(); }
  uint64_t operator()(const mail::Undelete&) const { return UINT32_MAX; }
  uint64_t operator()(const mail::Jump&) const { return snapshot.messages(); }
  template <class Other>
  uint64_t operator()(const Other&) const {
    return 1;
  }
};

}  // namespace

bool brings_mail(const mail::Operation& operation) {
  if (std::holds_alternative<mail::Append>(operation) || std::holds_alternative<mail::Replace>(operation)) return true;
  const auto* copy = std::get_if<mail::Copy>(&operation);
  return copy != nullptr && !copy->move;
}

BatchOutcome plan_batch(const mail::SnapshotPtr& snapshot, const std::vector<PendingPtr>& operations,
                        const mail::PlanContext& context) {
  Planner planner(snapshot, context);
  for (size_t i = 0; i < operations.size(); ++i) planner.plan(*operations[i], i + 1 == operations.size());
  return planner.finish();
}

bool is_heavy(const mail::Snapshot& snapshot, const std::vector<PendingPtr>& operations) {
  uint64_t rows = 0;
  for (const PendingPtr& pending : operations) rows += std::visit(RowsOf{snapshot}, pending->operation);
  return rows > kLoopStepRowsMax;
}

}  // namespace roost::accounts
