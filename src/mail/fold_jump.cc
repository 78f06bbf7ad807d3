// What a jump does: nothing that clients may have seen in a time that is lost is ever given out again.
#include "mail/folder.h"
#include "mail/row_edit.h"

namespace roost::mail {
namespace {
const UidSet kAllUids{{Uid(1), Uid(UINT32_MAX)}};
}  // namespace

void Folder::jump_mailbox(MailboxState& mailbox, Uid uidnext) {
  edit_rows(mailbox, kAllUids, [this](HotRow& row, const ColdRow*) { row.modseq = stamp_.modseq; });
  MailboxChange& change = edit_.change(mailbox.id);
  for (const ChunkPtr& chunk : mailbox.chunks) change.flags_changed.append(UidRange{chunk->uid_min, chunk->uid_max});
  mailbox.highest_modseq = stamp_.modseq;
  if (uidnext == mailbox.uidnext) return;
  UidSet skipped{{mailbox.uidnext, Uid(uidnext.value - 1)}};
  mailbox.uidnext = uidnext;
  note_expunge(mailbox, skipped);
}

Result<> Folder::apply_one(const JumpEffect& e) {
  AccountState& account = edit_.account();
  if (e.modseq <= account.modseq || e.modseq.value > uint64_t{INT64_MAX} || e.next_mailbox < account.next_mailbox ||
      e.next_uidvalidity < account.next_uidvalidity || e.next_blob < account.next_blob) {
    return unfit("a jump back");
  }
  if (e.next_mailbox.value > uint64_t{INT64_MAX} || e.next_blob > uint64_t{INT64_MAX}) return unfit("a jump too far");
  MailboxId before;
  for (auto [id, uidnext] : e.uidnexts) {
    if (id <= before) return unfit("a jump of mailboxes out of order");
    before = id;
    MailboxState* mailbox = open_with_messages(id);
    if (mailbox == nullptr || uidnext < mailbox->uidnext) return unfit("a mailbox jumps back");
    if (lacks_rows(*mailbox, kAllUids, false)) continue;
  }
  if (!edit_.missing().empty()) return {};
  account.modseq = stamp_.modseq = e.modseq;
  account.next_mailbox = e.next_mailbox;
  account.next_uidvalidity = e.next_uidvalidity;
  account.next_blob = e.next_blob;
  for (auto [id, uidnext] : e.uidnexts) jump_mailbox(*edit_.open(id), uidnext);
  return {};
}

}  // namespace roost::mail
