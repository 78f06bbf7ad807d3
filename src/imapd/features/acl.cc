// ACL (RFC 4314): SETACL, DELETEACL, GETACL, LISTRIGHTS, MYRIGHTS. What rights allow is checked where it is done, by
// the engine's planners; what may be seen, by imapd/place.h.
#include <optional>

#include "auth/name.h"
#include "imapd/features/all.h"
#include "imapd/place.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

// As it is kept: the owner's login name is empty, so that it stays his whoever that is. BAD for what cannot be an
// identifier (RFC 4314 3).
Result<std::string> kept_identifier(const Place& place, BytesView identifier) {
  bool negative = identifier.starts_with('-');
  if (negative) identifier.remove_prefix(1);
  std::optional<std::string> prepared = auth::canonical_name(identifier);
  if (!prepared || prepared->empty()) return bad("That cannot be an identifier.");
  if (negative) return "-" + *prepared;
  return *prepared == place.owner ? std::string(mail::kOwnerIdentifier) : *prepared;
}

// A mailbox, or a name that is none but may have an ACL for those that will be below it.
Result<mail::Mailbox> administered(const Place& place, const mail::Snapshot& snapshot) {
  return mailbox_with(*place.account, snapshot, place.name, Right::administer, Code::nonexistent, true);
}

task<Result<Completion>> change_acl(Session& session, Bytes mailbox, Bytes identifier, mail::SetAcl change,
                                    std::string done_text) {
  ROOST_CO_TRY(Place place, co_await find_place(session, std::move(mailbox)));
  ROOST_CO_TRY(change.identifier, kept_identifier(place, identifier));
  ROOST_CO_TRY_VOID(administered(place, *place.account->snapshot()));
  change.mailbox = place.name;
  accounts::Grant grant{.account = place.account->id(), .owner = place.owner};
  std::string to = change.identifier;
  bool gives = change.how != mail::SetAcl::How::remove && !change.rights.empty();
  // Before: what is granted is found, even if the server stops in between.
  if (gives) ROOST_CO_TRY_VOID(co_await session.services().accounts.note_grant(to, grant));
  ROOST_CO_TRY_VOID(co_await place.account->execute(std::move(change)));
  ROOST_CO_TRY_VOID(co_await session.services().accounts.settle_grant(to, grant, place.account));
  co_return done(std::move(done_text));
}

task<Result<Completion>> run_set_acl(Session& session, imap::Command& command) {
  auto& set = std::get<imap::SetAcl>(command.body);
  using How = mail::SetAcl::How;
  How how = set.mode == imap::SetAcl::Mode::add      ? How::add
            : set.mode == imap::SetAcl::Mode::remove ? How::remove
                                                     : How::replace;
  mail::SetAcl change{.how = how, .rights = set.rights};
  co_return co_await change_acl(session, std::move(set.mailbox), std::move(set.identifier), std::move(change),
                                "SETACL completed.");
}

task<Result<Completion>> run_delete_acl(Session& session, imap::Command& command) {
  auto& gone = std::get<imap::DeleteAcl>(command.body);
  co_return co_await change_acl(session, std::move(gone.mailbox), std::move(gone.identifier), mail::SetAcl(),
                                "DELETEACL completed.");
}

task<Result<Completion>> run_get_acl(Session& session, imap::Command& command) {
  const Bytes& name = std::get<imap::GetAcl>(command.body).mailbox;
  ROOST_CO_TRY(Place place, co_await find_place(session, name));
  mail::SnapshotPtr snapshot = place.account->snapshot();
  ROOST_CO_TRY(mail::Mailbox mailbox, administered(place, *snapshot));
  std::vector<imap::AclPair> pairs;
  for (const mail::AclEntry& entry : mailbox.acl()) {
    bool owner = entry.identifier == mail::kOwnerIdentifier;
    pairs.push_back({owner ? place.owner : entry.identifier, entry.rights});
  }
  imap::write_acl(session.buffer(), name, pairs, session.dialect().utf8_names);
  co_return done("GETACL completed.");
}

// The identifier comes back as it was spelled (RFC 4314 3.4).
task<Result<Completion>> run_list_rights(Session& session, imap::Command& command) {
  const auto& list = std::get<imap::ListRights>(command.body);
  ROOST_CO_TRY(Place place, co_await find_place(session, list.mailbox));
  ROOST_CO_TRY(std::string identifier, kept_identifier(place, list.identifier));
  mail::SnapshotPtr snapshot = place.account->snapshot();
  ROOST_CO_TRY_VOID(administered(place, *snapshot));
  Rights always = identifier == mail::kOwnerIdentifier ? mail::kOwnerRightsMin : Rights();
  imap::write_list_rights(session.buffer(), list.mailbox, list.identifier, always, session.dialect().utf8_names);
  co_return done("LISTRIGHTS completed.");
}

task<Result<Completion>> run_my_rights(Session& session, imap::Command& command) {
  const Bytes& name = std::get<imap::MyRights>(command.body).mailbox;
  ROOST_CO_TRY(Place place, co_await find_place(session, name));
  mail::SnapshotPtr snapshot = place.account->snapshot();
  auto mailbox = snapshot->find(place.name);
  Rights rights = mailbox ? place.account->rights(*mailbox) : Rights();
  if (!rights.has_any(kRightsThatTell)) co_return no_such_mailbox();
  imap::write_my_rights(session.buffer(), name, rights, session.dialect().utf8_names);
  co_return done("MYRIGHTS completed.");
}

constexpr Capability kCapabilities[] = {{"ACL", kLoggedIn}, {"RIGHTS=texk", kLoggedIn}};

// What an ACL is may depend on the command before, so each waits for that one (RFC 4314 5.1.1).
constexpr CommandRow kCommands[] = {
    {imap::Verb::setacl, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_set_acl},
    {imap::Verb::deleteacl, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_delete_acl},
    {imap::Verb::getacl, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_get_acl},
    {imap::Verb::listrights, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_list_rights},
    {imap::Verb::myrights, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_my_rights},
};

}  // namespace

constinit const Feature kAcl = {.name = "acl", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
