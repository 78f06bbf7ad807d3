#include "accounts/transfer_note.h"

#include <algorithm>
#include <utility>

#include "accounts/acting_account.h"
#include "base/log.h"
#include "mail/checkpoint.h"
#include "mail/departed.h"
#include "mail/uid_codec.h"
#include "rt/gather.h"

namespace roost::accounts {
namespace {

const std::string kSpace = "moving";  // an account's number → its note, or nothing: docs/formats/store.md

constexpr uint8_t kNoteVersion = 2;
constexpr uint8_t kNoteWithoutBlob = 1;
constexpr int kOthersLooksMax = 60;
constexpr Millis kOthersLookInterval{50};
constexpr int kRemovalsMax = 10;  // somebody may take \Deleted off again in between
constexpr int kSearchesMax = 5;

Bytes encode(const TransferNote& note) {
  Bytes out;
  Encoder encoder(out);
  encoder.u8(kNoteVersion);
  encoder.varint(note.from.value);
  encoder.varint(note.mailbox.value);
  mail::write_uids(encoder, note.uids);
  encoder.varint(note.to.value);
  encoder.varint(note.target.value);
  encoder.varint(note.blob);
  return out;
}

// Of version 1, under a name of its own, it cannot be said what became of it: no message is removed for it.
Result<TransferNote> decode(BytesView bytes) {
  Decoder in(bytes);
  TransferNote note;
  uint8_t version = in.u8();
  if (version != kNoteVersion && version != kNoteWithoutBlob) in.fail();
  note.from = AccountId(in.varint());
  note.mailbox = MailboxId(in.varint());
  note.uids = mail::read_uids(in);
  note.to = AccountId(in.varint());
  note.target = MailboxId(in.varint());
  uint64_t last = in.varint();
  if (version == kNoteVersion) note.blob = last;
  ROOST_TRY_VOID(in.finish("note of a move"));
  return note;
}

std::string key_of(AccountId account) { return std::to_string(account.value); }

// An account that was deleted would be opened empty, and be there again.
task<Result<bool>> is_there(store::AccountStore& store, AccountId account) {
  ROOST_CO_TRY(store::Opened opened, co_await store.open(account));
  co_return opened.generation.value != 0 || !opened.tail.empty();
}

task<Result<OpenAccountPtr>> open(Accounts& accounts, AccountId id) {
  ROOST_CO_TRY(AccountPtr account, co_await accounts.open(id));
  co_return opened(*account)->shared_from_this();
}

bool is_dead(const mail::Snapshot& snapshot, BlobId blob) {
  bool dead = false;
  mail::for_each_dead_blob(snapshot, [&](BlobId one, int64_t) { dead = dead || one == blob; });
  return dead;
}

std::vector<MailboxId> mailboxes_of(const mail::Snapshot& snapshot, MailboxId first) {
  std::vector<MailboxId> ids{first};
  snapshot.for_each_mailbox([&](const mail::Mailbox& mailbox) {
    if (mailbox.id() != first) ids.push_back(mailbox.id());
    return true;
  });
  return ids;
}

task<Result<bool>> has_message(OpenAccountPtr account, MailboxId mailbox, BlobId blob) {
  if (!account->snapshot()->find(mailbox)) co_return false;
  Result<mail::SnapshotPtr> snapshot = co_await account->load(mailbox);
  if (!snapshot && snapshot.error().code == Code::nonexistent) co_return false;
  if (!snapshot) co_return std::unexpected(snapshot.error());
  bool found = false;
  (*snapshot)->find(mailbox)->for_each(Uid(1), Uid(UINT32_MAX), [&](const mail::Cold& cold, const mail::Hot&) {
    found = cold.blob == blob;
    return !found;
  });
  co_return found;
}

// A message that uses it, wherever it has gone in the meantime, or that did and was expunged.
task<Result<bool>> is_used(OpenAccountPtr account, MailboxId likely, BlobId blob) {
  for (int search = 0; search < kSearchesMax; ++search) {
    mail::SnapshotPtr snapshot = account->snapshot();
    if (is_dead(*snapshot, blob)) co_return true;
    for (MailboxId mailbox : mailboxes_of(*snapshot, likely)) {
      ROOST_CO_TRY(bool here, co_await has_message(account, mailbox, blob));
      if (here) co_return true;
    }
    if (account->snapshot()->position() == snapshot->position()) co_return false;
    // It may have gone from where we had not looked to where we had.
  }
  co_return no(Code::unavailable, "The account changes too fast to look for a message.");
}

// Whether the copies are there. If they are not, they never will be: what the first of them needs is forgotten.
task<Result<bool>> has_arrived(OpenAccountPtr to, const TransferNote& note) {
  if (note.blob == 0) co_return false;
  BlobId blob{note.to, note.blob};
  ROOST_CO_TRY_VOID(co_await to->catch_up());
  if (mail::is_set_aside(*to->snapshot(), blob)) {
    mail::ForgetBlobs never{{blob}};
    ROOST_CO_TRY(mail::OperationResult result, co_await to->execute(std::move(never)));
    if (!std::get<mail::Forgotten>(result).blobs.empty()) co_return false;
  }
  co_return co_await is_used(std::move(to), note.target, blob);
}

task<Result<bool>> become_the_note(Accounts& accounts, store::AccountStore& store, std::string key, Bytes before,
                                   Bytes note) {
  if (!before.empty()) {
    ROOST_CO_TRY(TransferNote other, decode(before));
    ROOST_CO_TRY_VOID(co_await settle_transfer(accounts, store, std::move(other)));
    before.clear();
  }
  ROOST_CO_TRY(store::NameOutcome outcome,
               co_await store.update_name(kSpace, std::move(key), std::move(before), std::move(note)));
  co_return outcome == store::NameOutcome::ok;
}

}  // namespace

task<Result<>> note_transfer(Accounts& accounts, store::AccountStore& store, const TransferNote& note) {
  std::string key = key_of(note.from);
  Bytes bytes = encode(note);
  ROOST_CO_TRY(store::NameOutcome first, co_await store.claim_name(kSpace, key, bytes));
  if (first == store::NameOutcome::ok) co_return Result<>();
  for (int looks = 0;; ++looks) {
    ROOST_CO_TRY(std::optional<Bytes> there, co_await store.find_name(kSpace, key));
    if (there && (there->empty() || looks >= kOthersLooksMax)) {
      ROOST_CO_TRY(bool noted, co_await become_the_note(accounts, store, key, *std::move(there), bytes));
      if (noted) co_return Result<>();
    }
    if (looks >= 2 * kOthersLooksMax) co_return no(Code::in_use, "Too many messages leave the account; try again.");
    co_await rt::Loop::current()->sleep(kOthersLookInterval);
  }
}

task<Result<>> forget_transfer(store::AccountStore& store, const TransferNote& note) {
  ROOST_CO_TRY_VOID(co_await store.update_name(kSpace, key_of(note.from), encode(note), Bytes()));
  co_return Result<>();
}

task<Result<>> settle_transfer(Accounts& accounts, store::AccountStore& store, TransferNote note) {
  ROOST_CO_TRY(bool source, co_await is_there(store, note.from));
  ROOST_CO_TRY(bool target, co_await is_there(store, note.to));
  bool arrived = false;
  if (source && target) {
    ROOST_CO_TRY(OpenAccountPtr to, co_await open(accounts, note.to));
    ROOST_CO_TRY(arrived, co_await has_arrived(std::move(to), note));
  }
  log::info("move_settled", {{"from", note.from.value}, {"to", note.to.value}, {"arrived", arrived ? "yes" : "no"}});
  if (arrived) {
    ROOST_CO_TRY(OpenAccountPtr from, co_await open(accounts, note.from));
    ROOST_CO_TRY_VOID(co_await from->catch_up());
    ROOST_CO_TRY_VOID(co_await remove_for_good(std::move(from), note.mailbox, note.uids));
  }
  co_return co_await forget_transfer(store, note);
}

task<Result<std::vector<TransferNote>>> noted_transfers(store::AccountStore& store) {
  ROOST_CO_TRY(auto names, co_await store.list_names(kSpace));
  std::vector<TransferNote> notes;
  for (const store::AccountStore::NameValue& one : names) {
    if (one.value.empty()) continue;
    ROOST_CO_TRY(TransferNote note, decode(one.value));
    if (one.name == key_of(note.from)) {
      notes.push_back(std::move(note));
    } else {
      ROOST_CO_TRY_VOID(co_await store.release_name(kSpace, one.name));
    }
  }
  co_return notes;
}

task<Result<UidSet>> live_among(OpenAccountPtr account, MailboxId mailbox, UidSet uids) {
  UidSet live;
  if (!account->snapshot()->find(mailbox)) co_return live;
  Result<mail::SnapshotPtr> snapshot = co_await account->load(mailbox);
  if (!snapshot && snapshot.error().code == Code::nonexistent) co_return live;
  if (!snapshot) co_return std::unexpected(snapshot.error());
  auto found = (*snapshot)->find(mailbox);
  uids.for_each([&](Uid uid) {
    if (found->find(uid)) live.append(uid);
  });
  co_return live;
}

// Both together, so that they become one record if they can.
task<Result<>> remove_for_good(OpenAccountPtr account, MailboxId mailbox, UidSet uids) {
  for (int removal = 0; removal < kRemovalsMax && !uids.empty(); ++removal) {
    mail::Store mark{.mailbox = mailbox, .uids = uids, .how = mail::StoreHow::add, .flags = SystemFlag::deleted};
    mail::Expunge gone{.mailbox = mailbox, .only = uids};
    std::vector<task<Result<mail::OperationResult>>> work;
    work.push_back(account->execute(std::move(mark)));
    work.push_back(account->execute(std::move(gone)));
    std::vector<Result<mail::OperationResult>> results = co_await rt::gather(std::move(work));
    for (const auto& result : results) {
      bool mailbox_gone = !result && result.error().code == Code::nonexistent;
      if (!result && !mailbox_gone) co_return std::unexpected(result.error());
    }
    ROOST_CO_TRY(uids, co_await live_among(account, mailbox, uids));
  }
  if (!uids.empty()) co_return no(Code::unavailable, "What was moved does not go.");
  co_return Result<>();
}

}  // namespace roost::accounts
