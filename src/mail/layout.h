// Which pages a checkpoint consists of. Inside mail/ only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mail/account_state.h"

namespace roost::mail {

// Of a state all of which is on pages.
std::shared_ptr<const Layout> make_layout(const AccountState& state, std::vector<EntryPage<MailboxId>> mailboxes,
                                          std::vector<EntryPage<std::string>> subscriptions,
                                          std::vector<EntryPage<MailboxId>> metadata,
                                          std::vector<EntryPage<MailboxId>> deleted,
                                          std::vector<EntryPage<SeenKey>> seen);

}  // namespace roost::mail
