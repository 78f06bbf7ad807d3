// SAVEDATE (RFC 8514): when a message came into its mailbox. FETCH SAVEDATE is in fetch_rows.cc, SEARCH SAVEDBEFORE and
// its kin in search_query.cc; every mailbox has it.
#include "imapd/features/all.h"

namespace roost::imapd {
namespace {

constexpr Capability kCapabilities[] = {{"SAVEDATE", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::savedate};

}  // namespace

constinit const Feature kSaveDate = {.name = "save_date", .capabilities = kCapabilities, .grammar = kGrammar};

}  // namespace roost::imapd
