// IMAP4rev2 (RFC 9051), beside IMAP4rev1: what ENABLE IMAP4rev2 changes. Names and strings are UTF-8 both ways, SEARCH
// is answered with ESEARCH (search.cc), SELECT with LIST and without RECENT and UNSEEN (select.cc), nothing is \Recent
// (telling.cc), and names that are kept otherwise than they were spelled come back in a LIST.
#include "imapd/features/imap4rev2.h"

#include <utility>

#include "imap/list_response.h"
#include "imapd/features/all.h"
#include "imapd/features/mailbox_row.h"

namespace roost::imapd {
namespace {

void enable(Session& session, std::string_view) {
  session.modes().rev2 = true;
  session.dialect().utf8_names = true;
}

void write_row(Session& session, const accounts::Account& account, BytesView prefix, BytesView name,
               BytesView old_name) {
  imap::ListRow row = mailbox_row(account, *account.snapshot(), prefix, name);
  row.subscribed = session.account().snapshot()->subscribed(row.name);
  row.old_name = old_name;
  imap::write_list(session.buffer(), row, false, session.dialect().utf8_names);
}

// RFC 9051 6.3.2: with OLDNAME where the name was spelled otherwise, "inbox" too (RFC 9051 8).
void say_at_select(Session& session, const imap::Select& select, const mail::Mailbox& mailbox) {
  if (!session.modes().rev2) return;
  BytesView prefix = BytesView(select.mailbox).substr(0, select.mailbox.size() - mailbox.name().size());
  write_row(session, session.selected_account(), prefix, mailbox.name(), select.supplied);
}

constexpr Capability kCapabilities[] = {{"IMAP4rev2"}};

constexpr Enabling kEnables[] = {{"IMAP4rev2", &Modes::rev2}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::status_deleted};

}  // namespace

void tell_mailbox(Session& session, const Place& place, BytesView old_name) {
  if (session.modes().rev2) write_row(session, *place.account, place.prefix, place.name, old_name);
}

void tell_normalised(Session& session, const Place& place, BytesView supplied) {
  if (!supplied.empty()) tell_mailbox(session, place, supplied);
}

constinit const Feature kImap4Rev2 = {.name = "imap4rev2",
                                      .capabilities = kCapabilities,
                                      .enables = kEnables,
                                      .enable = enable,
                                      .grammar = kGrammar,
                                      .at_select = say_at_select};

}  // namespace roost::imapd
