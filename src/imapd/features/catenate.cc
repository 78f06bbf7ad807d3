// CATENATE (RFC 4469): APPEND and REPLACE of messages made of literals and of parts of messages that are there. The
// parts are gathered by append_intake.cc. URL-PARTIAL says that a URL may name a range of octets (RFC 5550 5.7.1).
#include "imapd/features/all.h"

namespace roost::imapd {
namespace {

constexpr Capability kCapabilities[] = {{"CATENATE", kLoggedIn}, {"URL-PARTIAL", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::catenate};

}  // namespace

constinit const Feature kCatenate = {.name = "catenate", .capabilities = kCapabilities, .grammar = kGrammar};

}  // namespace roost::imapd
