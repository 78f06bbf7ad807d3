#include "imap/apple_push.h"

#include <set>

#include "base/flags.h"
#include "imap/mailbox_name.h"
#include "imap/parser.h"
#include "wire/string.h"

namespace roost::imap {
namespace {

struct Attribute {
  std::string_view name;
  Bytes ApplePush::* value;
};
constexpr Attribute kAttributes[] = {{"aps-version", &ApplePush::version},
                                     {"aps-account-id", &ApplePush::account_id},
                                     {"aps-device-token", &ApplePush::device_token},
                                     {"aps-subtopic", &ApplePush::subtopic}};

Result<> parse_mailboxes(Parser& in, std::vector<ApplePush::Mailbox>& mailboxes) {
  ROOST_TRY_VOID(in.expect('(', "'(' before the mailboxes"));
  if (in.take(')')) return {};
  do {
    ROOST_TRY(Bytes spelled, in.astring("a mailbox name"));
    ROOST_TRY(Bytes name, normalize_mailbox_name(spelled, in.dialect().utf8_names));
    if (mailboxes.size() >= ApplePush::kMailboxesMax) return no(Code::limit, "Too many mailboxes.");
    mailboxes.push_back({std::move(name), std::move(spelled)});
  } while (in.take(' '));
  return in.expect(')', "')' after the mailboxes");
}

Result<> parse_attribute(Parser& in, ApplePush& out, std::set<std::string_view>& given) {
  ROOST_TRY(Bytes name, in.astring("an attribute"));
  ROOST_TRY_VOID(in.space());
  if (equals_ignoring_case(name, "mailboxes")) {
    if (!given.insert("mailboxes").second) return in.wrong("the mailboxes are there twice");
    return parse_mailboxes(in, out.mailboxes);
  }
  for (const Attribute& attribute : kAttributes) {
    if (!equals_ignoring_case(name, attribute.name)) continue;
    if (!given.insert(attribute.name).second) return in.wrong("an attribute is there twice");
    ROOST_TRY(out.*attribute.value, in.astring("its value"));
    return {};
  }
  return in.wrong("there is no such attribute");
}

}  // namespace

Result<ApplePush> parse_apple_push(Parser& in) {
  ApplePush out;
  std::set<std::string_view> given;
  do {
    ROOST_TRY_VOID(in.space());
    ROOST_TRY_VOID(parse_attribute(in, out, given));
  } while (!in.at_end());
  for (const Attribute& attribute : kAttributes) {
    if (!given.contains(attribute.name)) return in.wrong(std::string(attribute.name) + " is missing");
  }
  if (!given.contains("mailboxes")) out.mailboxes.push_back({Bytes(kInbox), Bytes(kInbox)});
  return out;
}

void write_apple_push(Bytes& out, std::string_view topic) {
  out += "* XAPPLEPUSHSERVICE aps-version \"2\" aps-topic ";
  wire::write_string(out, topic);
  out += "\r\n";
}

}  // namespace roost::imap
