// LIST-METADATA (RFC 9590): LIST … RETURN (METADATA (…)), which listing.cc answers.
#include "imapd/features/all.h"

namespace roost::imapd {
namespace {

constexpr Capability kCapabilities[] = {{"LIST-METADATA", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::list_metadata};

}  // namespace

constinit const Feature kListMetadata = {.name = "list_metadata", .capabilities = kCapabilities, .grammar = kGrammar};

}  // namespace roost::imapd
