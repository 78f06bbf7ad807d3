// CONDSTORE (RFC 7162 3.1). What it adds to SELECT, STATUS, FETCH, STORE and SEARCH is in their files; what it adds to
// responses that nobody asked for is in telling.cc.
#include "imapd/features/condstore.h"

#include "imap/response.h"
#include "imapd/features/all.h"

namespace roost::imapd {
namespace {

void enable(Session& session, std::string_view) { enable_condstore(session); }

// RFC 7162 3.1.2.1: whether CONDSTORE is on or not; every mailbox keeps MODSEQs.
void say_at_select(Session& session, const imap::Select&, const mail::Mailbox&) {
  imap::write_untagged(session.buffer(), imap::Condition::ok, imap::code_highest_mod_seq(session.selected()->complete),
                       "Highest.");
}

constexpr Capability kCapabilities[] = {{"CONDSTORE", kLoggedIn}};

constexpr Enabling kEnables[] = {{"CONDSTORE", &Modes::condstore}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::condstore};

}  // namespace

void enable_condstore(Session& session) {
  if (session.modes().condstore) return;
  session.modes().condstore = true;
  const Selected* selected = session.selected();
  if (selected == nullptr) return;
  imap::write_untagged(session.buffer(), imap::Condition::ok, imap::code_highest_mod_seq(selected->complete),
                       "CONDSTORE is on.");
}

constinit const Feature kCondstore = {.name = "condstore",
                                      .capabilities = kCapabilities,
                                      .enables = kEnables,
                                      .enable = enable,
                                      .grammar = kGrammar,
                                      .at_select = say_at_select};

}  // namespace roost::imapd
