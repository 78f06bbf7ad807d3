// UTF8=ACCEPT (RFC 6855): from ENABLE on, quoted strings and mailbox names are UTF-8 both ways, and ENVELOPE and
// BODYSTRUCTURE come in the card's UTF-8 rendering. RFC 6855 4 wants raw 8-bit header fields refused from clients that
// have not enabled it; they are taken all the same: old clients append such mail, and a refusal would lose it.
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

void enable(Session& session, std::string_view) {
  session.modes().utf8_accept = true;
  session.dialect().utf8_names = true;
}

constexpr Capability kCapabilities[] = {{"UTF8=ACCEPT", kLoggedIn}};

constexpr Enabling kEnables[] = {{"UTF8=ACCEPT", &Modes::utf8_accept}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::utf8_append};

}  // namespace

constinit const Feature kUtf8Accept = {
    .name = "utf8_accept", .capabilities = kCapabilities, .enables = kEnables, .enable = enable, .grammar = kGrammar};

}  // namespace roost::imapd
