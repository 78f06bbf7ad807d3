#include "accounts/transfers.h"

#include <set>
#include <utility>

#include "accounts/acting_account.h"
#include "accounts/random.h"
#include "base/log.h"
#include "mail/uid_codec.h"
#include "rt/gather.h"

namespace roost::accounts {
namespace {

const std::string kSpace = "moving";  // a random id → docs/formats/store.md

constexpr uint8_t kNoteVersion = 1;

// What must be known to settle the move.
struct Note {
  AccountId from;
  MailboxId mailbox;
  UidSet uids;
  AccountId to;
  MailboxId target;
  Uid arrivals;  // the target's UIDNEXT before: copies have this uid or a higher one
};

Bytes encode(const Note& note) {
  Bytes out;
  Encoder encoder(out);
  encoder.u8(kNoteVersion);
  encoder.varint(note.from.value);
  encoder.varint(note.mailbox.value);
  mail::write_uids(encoder, note.uids);
  encoder.varint(note.to.value);
  encoder.varint(note.target.value);
  encoder.varint(note.arrivals.value);
  return out;
}

Result<Note> decode(BytesView bytes) {
  Decoder in(bytes);
  Note note;
  if (in.u8() != kNoteVersion) in.fail();
  note.from = AccountId(in.varint());
  note.mailbox = MailboxId(in.varint());
  note.uids = mail::read_uids(in);
  note.to = AccountId(in.varint());
  note.target = MailboxId(in.varint());
  note.arrivals = Uid(static_cast<uint32_t>(in.varint()));
  ROOST_TRY_VOID(in.finish("note of a move"));
  return note;
}

std::string new_key() {
  ObjectId id = random_object_id();
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

task<Result<>> forget(store::AccountStore& store, std::string key) {
  ROOST_CO_TRY_VOID(co_await store.release_name(kSpace, std::move(key)));
  co_return Result<>();
}

// Both together, so that they become one record if they can. What is gone already is left out.
task<Result<>> expunge(AccountPtr account, MailboxId mailbox, UidSet uids) {
  mail::Store mark{.mailbox = mailbox, .uids = uids, .how = mail::StoreHow::add, .flags = SystemFlag::deleted};
  mail::Expunge gone{.mailbox = mailbox, .only = std::move(uids)};
  std::vector<task<Result<mail::OperationResult>>> work;
  work.push_back(account->execute(std::move(mark)));
  work.push_back(account->execute(std::move(gone)));
  std::vector<Result<mail::OperationResult>> results = co_await rt::gather(std::move(work));
  for (const auto& result : results) {
    bool mailbox_gone = !result && result.error().code == Code::nonexistent;
    if (!result && !mailbox_gone) co_return std::unexpected(result.error());
  }
  co_return Result<>();
}

Result<> check_rights(const Transfer& transfer) {
  mail::SnapshotPtr snapshot = transfer.from->snapshot();
  auto mailbox = snapshot->find(transfer.mailbox);
  if (!mailbox) return no(Code::nonexistent, "The mailbox is gone.");
  constexpr Rights kNeeded = Right::delete_messages | Right::expunge;
  if ((transfer.from->rights(*mailbox) & kNeeded) == kNeeded) return {};
  return no(Code::no_perm, "You do not have the right to move messages away.");
}

Result<Note> note_of(const Transfer& transfer) {
  mail::SnapshotPtr snapshot = transfer.to->snapshot();
  auto target = snapshot->find(transfer.target);
  if (!target) return no(Code::try_create, "No such mailbox.");
  return Note{.from = transfer.from->id(),
              .mailbox = transfer.mailbox,
              .uids = transfer.uids,
              .to = transfer.to->id(),
              .target = target->id(),
              .arrivals = target->uidnext()};
}

mail::Copied copied(const UidSet& uids, const mail::Appended& appended) {
  auto count = static_cast<uint32_t>(uids.count());
  return {.to = appended.mailbox,
          .uidvalidity = appended.uidvalidity,
          .source = uids,
          .target = {{appended.first, Uid(appended.first.value + count - 1)}},
          .modseq = appended.modseq};
}

// Calls fn(const mail::Cold&) for the live messages from `first` on; there are none where the mailbox is gone.
template <class Fn>
task<Result<>> visit(AccountPtr account, MailboxId mailbox, Uid first, Fn fn) {
  if (!account->snapshot()->find(mailbox)) co_return Result<>();
  ROOST_CO_TRY(mail::SnapshotPtr snapshot, co_await account->load(mailbox));
  auto found = snapshot->find(mailbox);
  if (!found) co_return Result<>();
  found->for_each(first, Uid(UINT32_MAX), [&](const mail::Cold& cold, const mail::Hot&) {
    fn(cold);
    return true;
  });
  co_return Result<>();
}

// Those of the note's messages that the target has by now. Each is looked for by itself: somebody else may have copied
// one of them there, or deleted one that had arrived.
task<Result<UidSet>> find_arrived(Accounts& accounts, AccountPtr from, const Note& note) {
  std::set<ObjectId> there;
  ROOST_CO_TRY(AccountPtr to, co_await accounts.open(note.to));
  auto add = [&there](const mail::Cold& cold) { there.insert(cold.email_id); };
  ROOST_CO_TRY_VOID(co_await visit(std::move(to), note.target, note.arrivals, add));
  UidSet arrived;
  auto keep = [&](const mail::Cold& cold) {
    if (note.uids.contains(cold.uid) && there.contains(cold.email_id)) arrived.append(cold.uid);
  };
  ROOST_CO_TRY_VOID(co_await visit(std::move(from), note.mailbox, Uid(1), keep));
  co_return arrived;
}

// An account that was deleted would be opened empty, and be there again.
task<Result<bool>> is_there(store::AccountStore& store, AccountId account) {
  ROOST_CO_TRY(store::Opened opened, co_await store.open(account));
  co_return opened.generation.value != 0 || !opened.tail.empty();
}

task<Result<>> settle(Accounts& accounts, store::AccountStore& store, Note note) {
  ROOST_CO_TRY(bool source, co_await is_there(store, note.from));
  ROOST_CO_TRY(bool target, co_await is_there(store, note.to));
  UidSet arrived;
  AccountPtr from;
  if (source && target) {
    ROOST_CO_TRY(from, co_await accounts.open(note.from));
    ROOST_CO_TRY(arrived, co_await find_arrived(accounts, from, note));
  }
  log::info("move_settled", {{"from", note.from.value}, {"to", note.to.value}, {"messages", arrived.count()}});
  if (arrived.empty()) co_return Result<>();
  co_return co_await expunge(std::move(from), note.mailbox, std::move(arrived));
}

}  // namespace

task<Result<mail::Copied>> move_messages(Transfer transfer) {
  ROOST_CO_TRY_VOID(check_rights(transfer));
  ROOST_CO_TRY(Note note, note_of(transfer));
  OpenAccount& source = *opened(*transfer.from);
  store::AccountStore& store = source.environment().store;
  std::string key = new_key();
  ROOST_CO_TRY_VOID(co_await store.claim_name(kSpace, key, encode(note)));
  mail::Append operation{.mailbox = note.target, .messages = std::move(transfer.messages)};
  Result<mail::OperationResult> arrived = co_await transfer.to->execute(std::move(operation));
  if (!arrived) {
    // Only what was refused has certainly not happened.
    if (arrived.error().kind == Error::Kind::no) ROOST_CO_TRY_VOID(co_await forget(store, key));
    co_return std::unexpected(std::move(arrived).error());
  }
  // The rights were there when it was decided: by now the messages must go, whoever may do what.
  ROOST_CO_TRY_VOID(co_await expunge(source.shared_from_this(), transfer.mailbox, transfer.uids));
  ROOST_CO_TRY_VOID(co_await forget(store, key));
  co_return copied(transfer.uids, std::get<mail::Appended>(*arrived));
}

task<Result<size_t>> settle_moves(Accounts& accounts, store::AccountStore& store) {
  ROOST_CO_TRY(auto notes, co_await store.list_names(kSpace));
  for (store::AccountStore::NameValue& one : notes) {
    ROOST_CO_TRY(Note note, decode(one.value));
    ROOST_CO_TRY_VOID(co_await settle(accounts, store, std::move(note)));
    ROOST_CO_TRY_VOID(co_await forget(store, std::move(one.name)));
  }
  co_return notes.size();
}

}  // namespace roost::accounts
