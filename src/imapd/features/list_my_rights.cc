// LIST-MYRIGHTS (RFC 8440): LIST … RETURN (MYRIGHTS), which listing.cc answers.
#include "imapd/features/all.h"

namespace roost::imapd {
namespace {

constexpr Capability kCapabilities[] = {{"LIST-MYRIGHTS", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::list_my_rights};

}  // namespace

constinit const Feature kListMyRights = {.name = "list_my_rights", .capabilities = kCapabilities, .grammar = kGrammar};

}  // namespace roost::imapd
