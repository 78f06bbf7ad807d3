#include <algorithm>

#include "mail/planning.h"

namespace roost::mail {
namespace {

// Gives blobs to messages: those that were put before, and new serials for what is stored with the commit.
class BlobPlan {
 public:
  explicit BlobPlan(const AccountState& state) : state_(state), next_(state.next_blob) {}

  Result<uint64_t> body_of(const NewMessage& message) {
    if (message.body) return store(message.body);
    if (message.blob.owner != state_.id || !is_reserved(message.blob.serial)) {
      return no(Code::unavailable, "The upload took too long; try again");
    }
    if (std::ranges::find(used_, message.blob.serial) != used_.end()) {
      return fault("append: one blob for two messages");
    }
    used_.push_back(message.blob.serial);
    return message.blob.serial;
  }

  uint64_t store(std::shared_ptr<const Bytes> data) {
    bodies.push_back({BlobId{state_.id, next_}, std::move(data)});
    return next_++;
  }

  std::vector<Planned::Body> bodies;

 private:
  bool is_reserved(uint64_t serial) const {
    const auto* entry = state_.reserved.floor(serial);
    return entry != nullptr && serial <= entry->second.last;
  }

  const AccountState& state_;
  uint64_t next_;
  std::vector<uint64_t> used_;
};

// Flags that the rights do not allow are left out (RFC 4314 4).
Result<AppendedRow> row_of(const NewMessage& message, SystemFlags permitted, Rights rights, KeywordPlan& keywords,
                           BlobPlan& blobs, uint32_t card_bytes_max) {
  AppendedRow row{.flags = message.flags & permitted,
                  .internal_date = message.internal_date,
                  .size = message.size,
                  .email_id = message.email_id,
                  .thread_id = message.thread_id};
  if (may_change_keywords(rights)) {
    ROOST_TRY(KeywordIndexes indexes, keywords.indexes(message.keywords));
    ROOST_TRY(row.keywords, keywords.set(indexes));
  }
  ROOST_TRY(row.blob, blobs.body_of(message));
  if (!message.card) return row;
  if (message.card->size() <= card_bytes_max) {
    row.card = ColdRow::Card::tail;
    row.card_bytes = *message.card;
  } else {
    row.card = ColdRow::Card::blob;
    row.card_blob = blobs.store(message.card);
    row.card_blob_bytes = static_cast<uint32_t>(message.card->size());
  }
  return row;
}

UidSet seen_of(std::span<const NewMessage> messages, Uid first) {
  UidSet seen;
  for (size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].flags.has(SystemFlag::seen)) seen.append(Uid(static_cast<uint32_t>(first.value + i)));
  }
  return seen;
}

}  // namespace

Result<Appended> plan_arrival(Planning& planning, const MailboxState& mailbox, std::span<const NewMessage> messages,
                              std::vector<Planned::Body>& bodies, const QuotaUsage& removed) {
  Appended result{mailbox.id, mailbox.uidvalidity, mailbox.uidnext, ModSeq(0)};
  if (messages.size() > UINT32_MAX - mailbox.uidnext.value) return no(Code::limit, "The mailbox has no UIDs left");
  QuotaUsage added{.messages = messages.size()};
  for (const NewMessage& message : messages) added.bytes += message.size;
  ROOST_TRY_VOID(planning.check_quota(added, removed));
  ROOST_TRY(result.modseq, planning.take_modseq());
  KeywordPlan keywords(mailbox, planning.limits());
  BlobPlan blobs(planning.state());
  AppendEffect append{mailbox.id, mailbox.uidnext, {}};
  append.rows.reserve(messages.size());
  const Rights rights = planning.rights_on(mailbox);
  const AccountId own_seen = planning.actor().own_seen;
  SystemFlags permitted = changeable_flags(rights);
  UidSet seen;
  if (own_seen.value != 0 && permitted.has(SystemFlag::seen)) {
    permitted &= ~SystemFlags(SystemFlag::seen);
    seen = seen_of(messages, mailbox.uidnext);
  }
  for (const NewMessage& message : messages) {
    uint32_t card_bytes_max = planning.limits().card_inline_bytes_max;
    ROOST_TRY(AppendedRow row, row_of(message, permitted, rights, keywords, blobs, card_bytes_max));
    append.rows.push_back(row);
  }
  keywords.add_to(planning);
  planning.add(std::move(append));
  (void)planning.add_seen(mailbox, own_seen, std::move(seen), true);  // without room it arrives unseen
  bodies = std::move(blobs.bodies);
  return result;
}

PlanOutcome plan_one(Planning& planning, const Append& operation) {
  ROOST_PLAN_TRY(const MailboxState* mailbox, planning.mailbox(operation.mailbox, Code::try_create));
  ROOST_PLAN_CHECK(planning.require(*mailbox, Right::insert, Code::try_create));
  if (operation.messages.empty()) {
    return planning.finish(Appended{mailbox->id, mailbox->uidvalidity, mailbox->uidnext, ModSeq(0)});
  }
  std::vector<Planned::Body> bodies;
  ROOST_PLAN_TRY(Appended result, plan_arrival(planning, *mailbox, operation.messages, bodies));
  Planned planned = planning.finish(result);
  planned.bodies = std::move(bodies);
  return planned;
}

}  // namespace roost::mail
