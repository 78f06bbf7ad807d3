#include "imapd/features/mailbox_row.h"

#include "imap/mailbox_name.h"

namespace roost::imapd {
namespace {

// An owner sees all of his mailboxes.
bool has_visible_children(const accounts::Account& account, const mail::Snapshot& snapshot, BytesView name) {
  if (account.actor().owner || !snapshot.has_children(name)) return snapshot.has_children(name);
  bool found = false;
  Bytes below = Bytes(name) + imap::kHierarchySeparator;
  snapshot.for_each_mailbox(
      [&](const mail::Mailbox& mailbox) {
        found = account.rights(mailbox).has(Right::lookup);
        return !found;
      },
      below);
  return found;
}

}  // namespace

std::optional<mail::Mailbox> find_visible(const accounts::Account& account, const mail::Snapshot& snapshot,
                                          BytesView name) {
  auto mailbox = snapshot.find(name);
  if (mailbox && !account.rights(*mailbox).has(Right::lookup)) return std::nullopt;
  return mailbox;
}

imap::ListRow mailbox_row(const accounts::Account& account, const mail::Snapshot& snapshot, BytesView prefix,
                          BytesView name) {
  imap::ListRow row{.name = Bytes(prefix) + Bytes(name)};
  if (auto mailbox = find_visible(account, snapshot, name)) {
    row.no_select = mailbox->noselect();
    // RFC 6154 2: what a mailbox is for is its owner's to know.
    if (account.actor().owner) {
      for (const std::string& use : mailbox->special_use()) row.special_use.push_back("\\" + use);
    }
  } else {
    row.non_existent = true;
  }
  bool children = has_visible_children(account, snapshot, name);
  if (!row.non_existent || children) row.has_children = children;
  return row;
}

}  // namespace roost::imapd
