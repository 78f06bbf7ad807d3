#include "imapd/place.h"

#include <algorithm>

#include "base/flags.h"
#include "imap/mailbox_name.h"
#include "imapd/history_tree.h"
#include "imapd/session.h"

namespace roost::imapd {

Bytes with_inbox(BytesView name) {
  Bytes out(name);
  size_t level = std::min(name.find(imap::kHierarchySeparator), name.size());
  if (equals_ignoring_case(name.substr(0, level), imap::kInbox)) out.replace(0, level, imap::kInbox);
  return out;
}

namespace {

// The account of another user. `rest`: below the prefix.
task<Result<Place>> place_of(Session& session, Bytes user, Bytes prefix, Bytes rest) {
  ROOST_CO_TRY(auto found, co_await session.services().authenticator.find_user(user));
  if (!found || found->account == session.account().id()) co_return no_such_mailbox();
  // What is shared with everybody has one name only.
  if (prefix != kShared && found->name == session.config().shared_user) co_return no_such_mailbox();
  mail::Actor actor = mail::Actor::visiting(session.user());
  if (session.config().private_seen) actor.own_seen = session.account().id();
  Place place{.prefix = std::move(prefix), .name = with_inbox(rest), .owner = std::move(found->name)};
  auto account = co_await session.services().accounts.open_for(std::move(actor), found->account);
  if (!account && account.error().kind == Error::Kind::no) co_return no_such_mailbox();  // it is being removed
  if (!account) co_return std::unexpected(std::move(account).error());
  place.account = *std::move(account);
  co_return place;
}

}  // namespace

Fail no_such_mailbox(Code code) { return no(code, "No such mailbox."); }

Fail no_creation() { return no(Code::no_perm, "You do not have the right to create mailboxes there"); }

bool lies_elsewhere(const Session& session, BytesView name) {
  const bool shared = !session.config().shared_user.empty() && name.starts_with(kShared);
  return shared || name.starts_with(kOtherUsers) || lies_in_history(session, name);
}

task<Result<Place>> find_place(Session& session, Bytes name) {
  if (!lies_elsewhere(session, name)) {
    co_return Place{.account = session.account_ptr(), .name = std::move(name), .owner = session.user()};
  }
  if (lies_in_history(session, name)) co_return co_await place_in_history(session, std::move(name));
  if (name.starts_with(kShared)) {
    co_return co_await place_of(session, session.config().shared_user, Bytes(kShared), name.substr(kShared.size()));
  }
  size_t end = name.find(imap::kHierarchySeparator, kOtherUsers.size());
  if (end == Bytes::npos) co_return no_such_mailbox();
  Bytes user = name.substr(kOtherUsers.size(), end - kOtherUsers.size());
  co_return co_await place_of(session, std::move(user), name.substr(0, end + 1), name.substr(end + 1));
}

task<Result<Place>> place_to_create(Session& session, Bytes name) {
  // The names of the namespaces themselves belong to nobody.
  bool is_namespace = !lies_elsewhere(session, name) && lies_elsewhere(session, name + imap::kHierarchySeparator);
  Result<Place> place = no_such_mailbox();
  if (!is_namespace) place = co_await find_place(session, std::move(name));
  if (place || place.error().code != Code::nonexistent) co_return place;
  co_return no_creation();
}

Result<mail::Mailbox> mailbox_with(const accounts::Account& account, const mail::Snapshot& snapshot, BytesView name,
                                   Rights needed, Code absent, bool names_too) {
  auto mailbox = snapshot.find(name);
  if (!mailbox || (mailbox->noselect() && !names_too)) return no_such_mailbox(absent);
  Rights rights = account.rights(*mailbox);
  if ((rights & needed) == needed) return *mailbox;
  if (!rights.has(Right::lookup)) return no_such_mailbox(absent);
  return no(Code::no_perm, "You do not have the right to do that");
}

}  // namespace roost::imapd
