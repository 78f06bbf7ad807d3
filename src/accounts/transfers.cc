#include "accounts/transfers.h"

#include <utility>

#include "accounts/acting_account.h"
#include "accounts/transfer_note.h"
#include "base/log.h"

namespace roost::accounts {
namespace {

Result<> check_rights(const Transfer& transfer) {
  mail::SnapshotPtr snapshot = transfer.from->snapshot();
  auto mailbox = snapshot->find(transfer.mailbox);
  if (!mailbox) return no(Code::nonexistent, "The mailbox is gone.");
  constexpr Rights kNeeded = Right::delete_messages | Right::expunge;
  if ((transfer.from->rights(*mailbox) & kNeeded) == kNeeded) return {};
  return no(Code::no_perm, "You do not have the right to move messages away.");
}

mail::Copied copied(const UidSet& uids, const mail::Appended& appended) {
  auto count = static_cast<uint32_t>(uids.count());
  return {.to = appended.mailbox,
          .uidvalidity = appended.uidvalidity,
          .source = uids,
          .target = {{appended.first, Uid(appended.first.value + count - 1)}},
          .modseq = appended.modseq};
}

// One move, in its turn among those out of the same account.
class Mover {
 public:
  Mover(Accounts& accounts, Transfer& transfer)
      : accounts_(accounts),
        transfer_(transfer),
        from_(opened(*transfer.from)->shared_from_this()),
        store_(from_->environment().store) {}

  task<Result<mail::Copied>> move() {
    ROOST_CO_TRY(bool any, co_await begin());
    if (!any) co_return mail::Copied();
    mail::Append operation{.mailbox = note_.target, .messages = std::move(transfer_.messages)};
    Result<mail::OperationResult> arrived = co_await transfer_.to->execute(std::move(operation));
    if (!arrived) {
      co_await give_up(arrived.error());
      co_return std::unexpected(std::move(arrived).error());
    }
    // The rights were there when it was decided: by now the messages must go, whoever may do what.
    ROOST_CO_TRY_VOID(co_await remove_for_good(from_, note_.mailbox, note_.uids));
    co_await forget();
    co_return copied(note_.uids, std::get<mail::Appended>(*arrived));
  }

 private:
  // Notes the move, of messages that are there once no other move can take them. False if there are none.
  task<Result<bool>> begin() {
    for (;;) {
      ROOST_CO_TRY(UidSet live, co_await live_among(from_, transfer_.mailbox, transfer_.uids));
      ROOST_CO_TRY_VOID(leave_out_all_but(live));
      if (live.empty()) co_return false;
      ROOST_CO_TRY_VOID(co_await make_note());
      ROOST_CO_TRY_VOID(co_await note_transfer(accounts_, store_, note_));
      Result<UidSet> still = co_await look_again();
      if (still && *still == live) co_return true;
      co_await forget();
      if (!still) co_return std::unexpected(still.error());
    }
  }

  Result<> leave_out_all_but(const UidSet& live) {
    if (live == transfer_.uids) return {};
    if (transfer_.all_or_none) return no(Code::expunge_issued, "Some of the messages have been deleted.");
    std::vector<mail::NewMessage> messages;
    size_t at = 0;
    transfer_.uids.for_each([&](Uid uid) {
      if (live.contains(uid)) messages.push_back(std::move(transfer_.messages[at]));
      ++at;
    });
    transfer_.messages = std::move(messages);
    transfer_.uids = live;
    return {};
  }

  task<Result<>> make_note() {
    mail::SnapshotPtr snapshot = transfer_.to->snapshot();
    auto target = snapshot->find(transfer_.target);
    if (!target) co_return no(Code::try_create, "No such mailbox.");
    mail::NewMessage& first = transfer_.messages.front();
    ROOST_CO_TRY_VOID(co_await opened(*transfer_.to)->own_blob(first));
    note_ = {.from = from_->id(),
             .mailbox = transfer_.mailbox,
             .uids = transfer_.uids,
             .to = transfer_.to->id(),
             .target = target->id(),
             .blob = first.blob.serial};
    co_return Result<>();
  }

  task<Result<UidSet>> look_again() {
    ROOST_CO_TRY_VOID(co_await from_->catch_up());
    co_return co_await live_among(from_, transfer_.mailbox, transfer_.uids);
  }

  // Only what was refused has certainly not happened; else it is found out, now or by whoever comes next.
  task<> give_up(const Error& why) {
    if (why.kind == Error::Kind::no) co_return co_await forget();
    Result<> settled = co_await settle_transfer(accounts_, store_, note_);
    if (!settled) log::warn("move_not_settled", {{"from", note_.from.value}, {"text", settled.error().text}});
  }

  // A note that stays is settled by the next move, or the next start.
  task<> forget() {
    Result<> forgotten = co_await forget_transfer(store_, note_);
    if (!forgotten) log::warn("move_not_forgotten", {{"from", note_.from.value}, {"text", forgotten.error().text}});
  }

  Accounts& accounts_;
  Transfer& transfer_;
  const OpenAccountPtr from_;
  store::AccountStore& store_;
  TransferNote note_;
};

task<Result<mail::Copied>> move_in_turn(Accounts& accounts, OpenAccountPtr from, Transfer transfer) {
  auto turn = co_await from->leaving().lock();
  Mover mover(accounts, transfer);
  co_return co_await mover.move();
}

}  // namespace

task<Result<mail::Copied>> move_messages(Accounts& accounts, Transfer transfer) {
  ROOST_CO_TRY_VOID(check_rights(transfer));
  OpenAccountPtr from = opened(*transfer.from)->shared_from_this();
  rt::Loop* caller = rt::Loop::current();
  co_await from->home().hop();
  Result<mail::Copied> copied = co_await move_in_turn(accounts, from, std::move(transfer));
  co_await caller->hop();
  co_return copied;
}

task<Result<size_t>> settle_moves(Accounts& accounts, store::AccountStore& store) {
  ROOST_CO_TRY(std::vector<TransferNote> notes, co_await noted_transfers(store));
  for (const TransferNote& note : notes) ROOST_CO_TRY_VOID(co_await settle_transfer(accounts, store, note));
  co_return notes.size();
}

}  // namespace roost::accounts
