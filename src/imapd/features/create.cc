// CREATE (RFC 9051 6.3.4) with CREATE-SPECIAL-USE (RFC 6154 3).
#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/features/imap4rev2.h"
#include "imapd/features/object_id.h"
#include "imapd/features/own_changes.h"
#include "imapd/place.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

// The engine's names are without the backslash; which there are is its to say.
std::vector<std::string> uses_of(const std::vector<std::string>& attributes) {
  std::vector<std::string> uses;
  for (const std::string& attribute : attributes) uses.push_back(attribute.substr(attribute.starts_with('\\') ? 1 : 0));
  return uses;
}

task<Result<Completion>> run_create(Session& session, imap::Command& command) {
  auto& create = std::get<imap::Create>(command.body);
  ROOST_CO_TRY(Place place, co_await place_to_create(session, create.mailbox));
  if (!place.own() && !create.special_use.empty()) {
    co_return no(Code::use_attr, "Only its owner says what a mailbox is for.");
  }
  mail::CreateMailbox operation{.name = place.name, .special_use = uses_of(create.special_use)};
  OwnName own(session, mail::NameChange::What::created, create.mailbox);
  ROOST_CO_TRY(mail::OperationResult result, co_await place.account->execute(std::move(operation)));
  own.done();
  tell_normalised(session, place, create.supplied);
  MailboxId created = std::get<mail::Created>(result).mailbox;
  co_return done(imap::code_mailbox_id(spell_mailbox_id(place.account->id(), created)), "CREATE completed.");
}

constexpr Capability kCapabilities[] = {{"CREATE-SPECIAL-USE", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::create_special_use};

constexpr CommandRow kCommands[] = {
    {imap::Verb::create, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_create},
};

}  // namespace

constinit const Feature kCreate = {
    .name = "create", .capabilities = kCapabilities, .commands = kCommands, .grammar = kGrammar};

}  // namespace roost::imapd
