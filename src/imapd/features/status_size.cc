// STATUS=SIZE (RFC 8438): the octets of all messages of a mailbox, which status_row.cc takes from its counters.
#include "imapd/features/all.h"

namespace roost::imapd {
namespace {

constexpr Capability kCapabilities[] = {{"STATUS=SIZE", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::status_size};

}  // namespace

constinit const Feature kStatusSize = {.name = "status_size", .capabilities = kCapabilities, .grammar = kGrammar};

}  // namespace roost::imapd
