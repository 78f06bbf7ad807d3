// OBJECTID (RFC 8474). MAILBOXID is said by CREATE, SELECT and STATUS, EMAILID and THREADID by FETCH (fetch_rows.cc);
// SEARCH for them is in search_query.cc.
#include "imapd/features/object_id.h"

#include "fmt/format.h"
#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

Bytes spell(char kind, const ObjectId& id) {
  Bytes out(1, kind);
  for (uint8_t byte : id.bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0x0f];
  }
  return out;
}

std::optional<ObjectId> parse(char kind, BytesView spelled) {
  ObjectId id;
  if (spelled.size() != 1 + 2 * id.bytes.size() || spelled.front() != kind) return {};
  for (size_t i = 0; i < id.bytes.size(); ++i) {
    size_t high = kDigits.find(spelled[1 + 2 * i]);
    size_t low = kDigits.find(spelled[2 + 2 * i]);
    if (high == std::string_view::npos || low == std::string_view::npos) return {};
    id.bytes[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return id;
}

void say_at_select(Session& session, const imap::Select&, const mail::Mailbox& mailbox) {
  imap::write_untagged(session.buffer(), imap::Condition::ok,
                       imap::code_mailbox_id(spell_mailbox_id(session.selected_account().id(), mailbox.id())),
                       "Stays with the mailbox.");
}

constexpr Capability kCapabilities[] = {{"OBJECTID", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::objectid};

}  // namespace

Bytes spell_mailbox_id(AccountId account, MailboxId mailbox) {
  return fmt::format("F{:x}-{:x}", account.value, mailbox.value);
}

Bytes spell_email_id(const ObjectId& id) { return spell('M', id); }
Bytes spell_thread_id(const ObjectId& id) { return spell('T', id); }

std::optional<ObjectId> parse_email_id(BytesView spelled) { return parse('M', spelled); }
std::optional<ObjectId> parse_thread_id(BytesView spelled) { return parse('T', spelled); }

constinit const Feature kObjectId = {
    .name = "object_id", .capabilities = kCapabilities, .grammar = kGrammar, .at_select = say_at_select};

}  // namespace roost::imapd
