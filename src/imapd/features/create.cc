// CREATE (RFC 9051 6.3.4) with CREATE-SPECIAL-USE (RFC 6154 3).
#include <algorithm>
#include <array>

#include "base/flags.h"
#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

// \All, \Flagged and \Important are views of other mailboxes' messages: no mailbox that a client fills is one.
constexpr std::array<std::string_view, 5> kUses = {"Archive", "Drafts", "Junk", "Sent", "Trash"};

Result<std::vector<std::string>> read_uses(const std::vector<std::string>& attributes) {
  std::vector<std::string> uses;
  for (const std::string& attribute : attributes) {
    std::string_view name(attribute);
    if (name.starts_with('\\')) name.remove_prefix(1);
    auto use = std::find_if(kUses.begin(), kUses.end(), [&](auto known) { return equals_ignoring_case(known, name); });
    if (use == kUses.end()) return no(Code::none, "No mailbox can be created for this use.");
    uses.emplace_back(*use);
  }
  return uses;
}

task<Result<Completion>> run_create(Session& session, imap::Command command) {
  auto& create = std::get<imap::Create>(command.body);
  Result<std::vector<std::string>> uses = read_uses(create.special_use);
  if (!uses) {
    co_return Completion{
        .condition = imap::Condition::no, .code = imap::ResponseCode(imap::kUseAttr), .text = uses.error().text};
  }
  ROOST_CO_TRY_VOID(co_await session.account().execute(
      mail::CreateMailbox{.name = std::move(create.mailbox), .special_use = *std::move(uses)}));
  co_return done("CREATE completed.");
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
