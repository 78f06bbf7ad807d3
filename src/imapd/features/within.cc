// WITHIN (RFC 5032): SEARCH OLDER and YOUNGER, which search_query.cc translates.
#include "imapd/features/all.h"

namespace roost::imapd {
namespace {

constexpr Capability kCapabilities[] = {{"WITHIN", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::within};

}  // namespace

constinit const Feature kWithin = {.name = "within", .capabilities = kCapabilities, .grammar = kGrammar};

}  // namespace roost::imapd
