#include "imapd/features/mailbox_row.h"

namespace roost::imapd {

imap::ListRow mailbox_row(const mail::Snapshot& snapshot, BytesView name) {
  imap::ListRow row{.name = Bytes(name)};
  if (auto mailbox = snapshot.find(name)) {
    row.no_select = mailbox->noselect();
    for (const std::string& use : mailbox->special_use()) row.special_use.push_back("\\" + use);
  } else {
    row.non_existent = true;
  }
  bool children = snapshot.has_children(name);
  if (!row.non_existent || children) row.has_children = children;
  return row;
}

}  // namespace roost::imapd
