// PREVIEW (RFC 8970). The text is on the message's card, made at arrival, so LAZY makes no difference; fetch.cc sends
// it.
#include "imapd/features/all.h"

namespace roost::imapd {
namespace {

constexpr Capability kCapabilities[] = {{"PREVIEW", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::preview};

}  // namespace

constinit const Feature kPreview = {.name = "preview", .capabilities = kCapabilities, .grammar = kGrammar};

}  // namespace roost::imapd
