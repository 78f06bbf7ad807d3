// Any bytes as a record: refused as corruption, or folded into a state that agrees with itself and survives a
// checkpoint.
#include <cstdlib>

#include "mail/checkpoint.h"
#include "mail/engine.h"

namespace {

using namespace roost;
using namespace roost::mail;

SnapshotPtr run(SnapshotPtr snapshot, const Operation& operation, Actor actor = {}) {
  static const EngineLimits kLimits;
  auto planned = std::get<Planned>(plan(*snapshot, operation, PlanContext{&kLimits, 1'700'000'000, std::move(actor)}));
  auto record = make_record({planned.effects});
  return std::get<Folded>(fold(snapshot, record, snapshot->position().next())).snapshot;
}

SnapshotPtr base() {
  SnapshotPtr snapshot = empty_account(AccountId(7), UidValidity(1000));
  Append append{std::string("INBOX"), {}};
  for (int i = 0; i < 5; ++i) {
    NewMessage message;
    message.keywords = {"k"};
    message.size = 4;
    message.body = std::make_shared<const Bytes>("body");
    message.card = std::make_shared<const Bytes>("card");
    append.messages.push_back(std::move(message));
  }
  snapshot = run(snapshot, append);
  snapshot = run(snapshot, CreateMailbox{"a/b", {}});
  snapshot = run(snapshot, Copy{MailboxId(1), {{Uid(2), Uid(4)}}, std::string("a/b"), false});
  Actor guest;
  guest.own_seen = AccountId(21);
  Store read{MailboxId(1), {{Uid(1), Uid(3)}}, StoreHow::add, SystemFlag::seen, {}, {}};
  snapshot = run(snapshot, read, guest);
  snapshot = run(snapshot, SetMetadata{.mailbox = "a/b", .entries = {{AccountId(0), "/shared/comment", "c"}}});
  return run(snapshot, ReserveBlobs{4, 0});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const SnapshotPtr kBase = base();
  BytesView record(reinterpret_cast<const char*>(data), size);
  FoldOutcome outcome = fold(kBase, record, kBase->position().next());
  if (auto* error = std::get_if<Error>(&outcome)) {
    if (error->code != Code::corruption) abort();
    return 0;
  }
  const auto& folded = std::get<Folded>(outcome);  // everything is in memory: never a Need
  if (!check_snapshot(*folded.snapshot).empty()) abort();
  auto made = make_checkpoint(folded.snapshot, {1'700'000'000, 0});
  if (!check_snapshot(*std::get<Checkpoint>(made).snapshot).empty()) abort();
  return 0;
}
