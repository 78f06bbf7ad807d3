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

void write_row(Session& session, BytesView name, BytesView old_name) {
  mail::SnapshotPtr snapshot = session.account().snapshot();
  imap::ListRow row = mailbox_row(*snapshot, name);
  row.subscribed = snapshot->subscribed(name);
  row.old_name = old_name;
  imap::write_list(session.buffer(), row, false, session.dialect().utf8_names);
}

// RFC 9051 6.3.2: with OLDNAME where the name was spelled otherwise, "inbox" too (RFC 9051 8).
void say_at_select(Session& session, const imap::Select& select, const mail::Mailbox& mailbox) {
  if (session.modes().rev2) write_row(session, mailbox.name(), select.supplied);
}

constexpr Capability kCapabilities[] = {{"IMAP4rev2"}};

constexpr Enabling kEnables[] = {{"IMAP4rev2", &Modes::rev2}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::status_deleted};

}  // namespace

void tell_mailbox(Session& session, BytesView name, BytesView old_name) {
  if (session.modes().rev2) write_row(session, name, old_name);
}

void tell_normalised(Session& session, BytesView name, BytesView supplied) {
  if (!supplied.empty()) tell_mailbox(session, name, supplied);
}

constinit const Feature kImap4Rev2 = {.name = "imap4rev2",
                                      .capabilities = kCapabilities,
                                      .enables = kEnables,
                                      .enable = enable,
                                      .grammar = kGrammar,
                                      .at_select = say_at_select};

}  // namespace roost::imapd
