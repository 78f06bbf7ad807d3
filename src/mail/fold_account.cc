// Effects on what is neither messages nor mailboxes.
#include <algorithm>
#include <optional>

#include "mail/checkpoint.h"
#include "mail/folder.h"
#include "mail/mailbox_path.h"

namespace roost::mail {

Result<> Folder::apply_one(const SubscribeEffect& e) {
  AccountState& account = edit_.account();
  if (e.name.empty() || account.subscriptions.contains(e.name) == e.on) return unfit("subscription");
  if (e.on) {
    account.subscriptions.set(e.name, false);
  } else {
    account.subscriptions.erase(e.name);
  }
  edit_.note_name(e.on ? NameChange::What::subscribed : NameChange::What::unsubscribed, e.name);
  if (const MailboxState* mailbox = edit_.find(e.name)) edit_.change(mailbox->id).list_changed = true;
  return {};
}

Result<> Folder::apply_one(const RecentEffect& e) {
  MailboxState* mailbox = open_with_messages(e.mailbox);
  if (mailbox == nullptr || e.next <= mailbox->recent_uid || e.next > mailbox->uidnext) return unfit("recent");
  mailbox->recent_uid = e.next;
  return {};
}

Result<> Folder::apply_one(const ReserveEffect& e) {
  AccountState& account = edit_.account();
  if (e.first != account.next_blob || e.count == 0 || e.count > kReservationSerialsMax ||
      e.count >= UINT64_MAX - e.first) {
    return unfit("reservation");
  }
  account.reserved.set(e.first, {e.first + e.count - 1, stamp_.time});
  account.next_blob = e.first + e.count;
  return {};
}

Result<> Folder::apply_one(const ForgetEffect& e) {
  std::vector<uint64_t> dead;
  for (uint64_t serial : e.serials) {
    if (edit_.take_reserved(serial)) continue;
    if (edit_.account().dead_blobs.find(serial) == nullptr) return unfit("forgetting a blob that is needed");
    dead.push_back(serial);
  }
  edit_.account().dead_blobs.update(dead, [](uint64_t, const int64_t*) { return std::optional<int64_t>(); });
  return {};
}

Result<> Folder::apply_one(const TraceFloorEffect& e) {
  MailboxState* mailbox = open_with_messages(e.mailbox);
  if (mailbox == nullptr || e.floor > edit_.account().modseq) return unfit("floor of traces");
  mailbox->traces.raise_floor(e.floor);
  return {};
}

Result<> Folder::apply_one(const QuotaEffect& e) {
  if (edit_.account().quota == e.limits) return unfit("quota");
  edit_.account().quota = e.limits;
  return {};
}

Result<> Folder::apply_one(const SeedEffect& e) {
  AccountState& account = edit_.account();
  const MailboxState* inbox = edit_.find(std::string(kInbox));
  bool unseeded = account.next_uidvalidity == kUnseeded.next().value;
  if (inbox == nullptr || !unseeded || e.uidvalidity <= kUnseeded || e.uidvalidity.value == UINT32_MAX)
    return unfit("seed of UIDVALIDITY");
  edit_.open(inbox->id)->uidvalidity = e.uidvalidity;
  account.next_uidvalidity = e.uidvalidity.next().value;
  return {};
}

}  // namespace roost::mail
