// LIST-STATUS (RFC 5819): LIST … RETURN (STATUS (…)), which listing.cc answers.
#include "imapd/features/all.h"

namespace roost::imapd {
namespace {

constexpr Capability kCapabilities[] = {{"LIST-STATUS", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::list_status};

}  // namespace

constinit const Feature kListStatus = {.name = "list_status", .capabilities = kCapabilities, .grammar = kGrammar};

}  // namespace roost::imapd
