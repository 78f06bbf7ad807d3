// BINARY (RFC 3516): FETCH BINARY[…] and BINARY.SIZE[…] are fetch_binary.cc's, a literal8 in APPEND is taken like any
// other literal.
#include "imapd/features/all.h"

namespace roost::imapd {
namespace {

constexpr Capability kCapabilities[] = {{"BINARY", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::binary};

}  // namespace

constinit const Feature kBinary = {.name = "binary", .capabilities = kCapabilities, .grammar = kGrammar};

}  // namespace roost::imapd
