// UIDONLY (RFC 9586): UIDFETCH in place of FETCH (View::label), VANISHED in place of EXPUNGE (telling.cc), and BAD
// [UIDREQUIRED] for message numbers: in commands that are given them (dispatch.cc), in SEARCH's keys
// (search_answer.cc), in what SELECT (QRESYNC …) matches (select.cc). "*" stays in sets of UIDs: it means one of them
// there, no number.
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

void enable(Session& session, std::string_view) { session.modes().uid_only = true; }

constexpr Capability kCapabilities[] = {{"UIDONLY", kLoggedIn}};

constexpr Enabling kEnables[] = {{"UIDONLY", &Modes::uid_only}};

}  // namespace

constinit const Feature kUidOnly = {
    .name = "uid_only", .capabilities = kCapabilities, .enables = kEnables, .enable = enable};

}  // namespace roost::imapd
