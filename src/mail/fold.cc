#include "mail/arrivals.h"
#include "mail/folder.h"

namespace roost::mail {
namespace {

Result<> apply_operation(AccountEdit& edit, BytesView effects) {
  Folder folder(edit);
  Decoder in(effects);
  while (in.left() > 0 && edit.missing().empty()) {
    ROOST_TRY(Effect effect, read_effect(in));
    ROOST_TRY_VOID(folder.apply(effect));
  }
  return {};
}

Result<std::vector<BytesView>> operations_of(BytesView record) {
  Decoder in(record);
  if (in.u8() != kRecordVersion) return fault("record: unknown version", Code::corruption);
  std::vector<BytesView> operations(in.count());
  for (BytesView& effects : operations) effects = in.bytes();
  ROOST_TRY_VOID(in.finish("record"));
  return operations;
}

FoldOutcome fold_operations(const SnapshotPtr& snapshot, const std::vector<BytesView>& operations, Position position) {
  AccountEdit edit(snapshot->state());
  for (BytesView effects : operations) {
    edit.begin_operation();
    if (Result<> done = apply_operation(edit, effects); !done) return std::move(done).error();
    if (!edit.missing().empty()) return Need{std::move(edit.missing())};
  }
  return edit.finish(position);
}

constexpr uint64_t kSeenRunsPerRow = 8;  // copying a run takes about an eighth of the time of a row

// Of one effect.
struct RowsToFold {
  const AccountState& account;

  uint64_t of(MailboxId mailbox) const {
    const MailboxPtr* found = account.mailboxes.find(mailbox);
    return found != nullptr ? (*found)->messages : 0;
  }
  // Those that lie near what goes are copied: at most these.
  uint64_t seen_runs_of(MailboxId mailbox) const {
    const MailboxPtr* found = account.mailboxes.find(mailbox);
    return found != nullptr ? (*found)->seen.runs() / kSeenRunsPerRow : 0;
  }
  uint64_t operator()(const AppendEffect& e) const { return e.rows.size(); }
  uint64_t operator()(const FlagsEffect& e) const { return e.uids.count(); }
  uint64_t operator()(const SeenEffect& e) const { return e.uids.count() + kSeenBlockUids; }
  uint64_t operator()(const ExpungeEffect& e) const { return e.uids.count() + seen_runs_of(e.mailbox); }
  uint64_t operator()(const CopyEffect& e) const {
    return e.move ? e.uids.count() * 2 + seen_runs_of(e.from) : e.uids.count();
  }
  uint64_t operator()(const DeleteEffect& e) const { return of(e.mailbox); }
  uint64_t operator()(const RenameInboxEffect& e) const { return of(e.inbox); }
  uint64_t operator()(const UndeleteEffect& e) const { return e.uids.count() * 2; }
  uint64_t operator()(const JumpEffect& e) const {
    uint64_t rows = 0;
    for (auto [mailbox, uidnext] : e.uidnexts) rows += of(mailbox);
    return rows;
  }
  uint64_t operator()(const RenameEffect&) const { return account.mailboxes.size(); }
  template <class Other>
  uint64_t operator()(const Other&) const {
    return 1;
  }
};

}  // namespace

uint64_t rows_to_fold(const Snapshot& snapshot, BytesView record) {
  uint64_t rows = 0;
  auto operations = operations_of(record);
  if (!operations) return rows;
  for (BytesView effects : *operations) {
    Decoder in(effects);
    while (in.left() > 0) {
      auto effect = read_effect(in);
      if (!effect) return rows;
      rows += std::visit(RowsToFold{snapshot.state()}, *effect);
    }
  }
  return rows;
}

Result<> Folder::apply(const Effect& effect) {
  if (!stamped_ && !std::holds_alternative<StampEffect>(effect)) return unfit("no stamp");
  return std::visit([this](const auto& e) { return apply_one(e); }, effect);
}

Result<> Folder::apply_one(const StampEffect& e) {
  AccountState& account = edit_.account();
  if (stamped_) return unfit("two stamps");
  if (e.modseq.value != 0) {
    if (e.modseq != account.modseq.next() || e.modseq.value > uint64_t{INT64_MAX}) return unfit("modseq");
    account.modseq = e.modseq;
  }
  stamp_ = e;
  stamped_ = true;
  return {};
}

Bytes make_record(const std::vector<Effects>& effects) {
  Bytes record;
  size_t size = 8;
  for (const Effects& one : effects) size += one.encoded.size() + 8;
  record.reserve(size);
  Encoder out(record);
  out.u8(kRecordVersion);
  out.varint(effects.size());
  for (const Effects& one : effects) out.bytes(one.encoded);
  return record;
}

Result<int64_t> record_time(BytesView record) {
  ROOST_TRY(auto operations, operations_of(record));
  if (operations.empty()) return fault("record: empty", Code::corruption);
  Decoder in(operations.front());
  ROOST_TRY(Effect first, read_effect(in));
  const auto* stamp = std::get_if<StampEffect>(&first);
  if (stamp == nullptr) return unfit("no stamp");
  return stamp->time;
}

Result<std::vector<BlobId>> forgotten_blobs(AccountId account, BytesView record) {
  ROOST_TRY(auto operations, operations_of(record));
  std::vector<BlobId> blobs;
  for (BytesView effects : operations) {
    Decoder in(effects);
    while (in.left() > 0) {
      ROOST_TRY(Effect effect, read_effect(in));
      const auto* forget = std::get_if<ForgetEffect>(&effect);
      if (forget == nullptr) continue;
      for (uint64_t serial : forget->serials) blobs.push_back({account, serial});
    }
  }
  return blobs;
}

Result<std::vector<Cold>> arrived_rows(AccountId account, BytesView record) {
  ROOST_TRY(auto operations, operations_of(record));
  std::vector<Cold> rows;
  for (BytesView effects : operations) {
    Decoder in(effects);
    while (in.left() > 0) {
      ROOST_TRY(Effect effect, read_effect(in));
      const auto* append = std::get_if<AppendEffect>(&effect);
      if (append == nullptr) continue;
      for (const AppendedRow& row : append->rows) {
        rows.push_back({.size = row.size, .email_id = row.email_id, .blob = {account, row.blob}});
        if (row.card == ColdRow::Card::tail) rows.back().card.tail = std::make_shared<const Bytes>(row.card_bytes);
        if (row.card == ColdRow::Card::blob) rows.back().card.blob = {account, row.card_blob};
      }
    }
  }
  return rows;
}

FoldOutcome fold(const SnapshotPtr& snapshot, BytesView record, Position position) {
  if (position <= snapshot->position()) return Error(unfit("position").error());
  auto operations = operations_of(record);
  if (!operations) return std::move(operations).error();
  return fold_operations(snapshot, *operations, position);
}

FoldOutcome fold_effects(const SnapshotPtr& snapshot, const Effects& effects) {
  return fold_operations(snapshot, {effects.encoded}, snapshot->position());
}

}  // namespace roost::mail
