// What the planners of the operations share. Inside mail/ only.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mail/account_state.h"
#include "mail/effect.h"
#include "mail/engine.h"

namespace roost::mail {

// One operation being planned: the state it sees, and the effects so far.
class Planning {
 public:
  Planning(const Snapshot& snapshot, const PlanContext& context)
      : snapshot_(snapshot), state_(snapshot.state()), context_(context) {}

  const Snapshot& snapshot() const { return snapshot_; }
  const AccountState& state() const { return state_; }
  const EngineLimits& limits() const { return *context_.limits; }
  int64_t now() const { return context_.now; }
  const Actor& actor() const { return context_.actor; }

  Rights rights_on(const MailboxState& mailbox) const { return rights_of(mailbox.access(), actor()); }
  // Whether the actor has all of `needed`: NO [NOPERM], or where he may not even know of the mailbox (RFC 4314 6), what
  // is said where there is none.
  Result<> require(const MailboxState& mailbox, Rights needed, Code absent = Code::nonexistent) const;

  // NO [OVERQUOTA] where the account may not hold `added` in the place of `removed` (mail/quota.h).
  Result<> check_quota(const QuotaUsage& added, const QuotaUsage& removed = {}) const {
    return mail::check_quota(snapshot_.quota(limits().quota), snapshot_.usage(), added, removed);
  }

  // The MODSEQ of this operation, from now on taken. NO [LIMIT] when there are none left.
  Result<ModSeq> take_modseq();

  // A mailbox that can hold messages. `absent` is what to say where there is none.
  Result<const MailboxState*> mailbox(const MailboxRef& ref, Code absent) const;

  // That a user sets or removes the \Seen of his own. False where the mailbox has no room left for that.
  [[nodiscard]] bool add_seen(const MailboxState& mailbox, AccountId user, UidSet uids, bool seen);

  void add(Effect effect) { effects_.push_back(std::move(effect)); }
  // The effects, stamped; nothing if there are none.
  Planned finish(OperationResult result) const;

 private:
  const Snapshot& snapshot_;
  const AccountState& state_;
  const PlanContext& context_;
  ModSeq modseq_;
  std::vector<Effect> effects_;
  size_t seen_runs_ = 0;  // that they add
};

// Keywords and sets of them that an operation needs, found in a mailbox's table or to be added to it.
class KeywordPlan {
 public:
  KeywordPlan(const MailboxState& mailbox, const EngineLimits& limits)
      : mailbox_(mailbox), limits_(limits), table_(*mailbox.keywords) {}

  const KeywordTable& table() const { return table_; }
  Result<KeywordIndexes> indexes(const std::vector<std::string>& keywords);
  // Of those that the table has.
  KeywordIndexes known_indexes(const std::vector<std::string>& keywords) const;
  Result<KeywordSet> set(const KeywordIndexes& indexes);

  // Defines what was added; nothing if nothing was.
  void add_to(Planning& planning) const;

 private:
  Result<uint16_t> index(const std::string& keyword);

  const MailboxState& mailbox_;
  const EngineLimits& limits_;
  KeywordTable table_;
};

// Lowers traces to what their limit allows, before `count` more come.
void plan_trace_floor(Planning& planning, const MailboxState& mailbox, uint64_t count, ModSeq modseq);

// Adds the effects of messages that arrive, at least one; what is to be stored with the commit goes to `bodies`.
// `removed` goes in the same operation.
Result<Appended> plan_arrival(Planning& planning, const MailboxState& mailbox, std::span<const NewMessage> messages,
                              std::vector<Planned::Body>& bodies, const QuotaUsage& removed = {});

PlanOutcome plan_one(Planning& planning, const Append& operation);
PlanOutcome plan_one(Planning& planning, const Replace& operation);
PlanOutcome plan_one(Planning& planning, const Store& operation);
PlanOutcome plan_one(Planning& planning, const Expunge& operation);
PlanOutcome plan_one(Planning& planning, const Copy& operation);
PlanOutcome plan_one(Planning& planning, const CreateMailbox& operation);
PlanOutcome plan_one(Planning& planning, const DeleteMailbox& operation);
PlanOutcome plan_one(Planning& planning, const RenameMailbox& operation);
PlanOutcome plan_one(Planning& planning, const Subscribe& operation);
PlanOutcome plan_one(Planning& planning, const ClaimRecent& operation);
PlanOutcome plan_one(Planning& planning, const ReserveBlobs& operation);
PlanOutcome plan_one(Planning& planning, const ForgetBlobs& operation);
PlanOutcome plan_one(Planning& planning, const Initialise& operation);
PlanOutcome plan_one(Planning& planning, const SetMetadata& operation);
PlanOutcome plan_one(Planning& planning, const SetAcl& operation);
PlanOutcome plan_one(Planning& planning, const SetQuota& operation);
PlanOutcome plan_one(Planning& planning, const Undelete& operation);
PlanOutcome plan_one(Planning& planning, const Jump& operation);

// Returns the error of `expr` from a planner, or binds its value.
#define ROOST_PLAN_TRY_(tmp, decl, ...)    \
  auto tmp = __VA_ARGS__;                  \
  if (!tmp) return std::move(tmp).error(); \
  decl = *std::move(tmp)
#define ROOST_PLAN_TRY(decl, ...) ROOST_PLAN_TRY_(ROOST_CONCAT(try_, __COUNTER__), decl, __VA_ARGS__)

#define ROOST_PLAN_CHECK_(tmp, ...) \
  if (auto tmp = __VA_ARGS__; !tmp) return std::move(tmp).error()
#define ROOST_PLAN_CHECK(...) ROOST_PLAN_CHECK_(ROOST_CONCAT(try_, __COUNTER__), __VA_ARGS__)

inline Error refusal(Code code, std::string text) { return {Error::Kind::no, code, std::move(text)}; }

}  // namespace roost::mail
