#include "imap/mailbox.h"

#include <algorithm>

#include "base/flags.h"
#include "imap/mailbox_name.h"
#include "imap/parser.h"

namespace roost::imap {
namespace {

constexpr size_t kSpecialUsesMax = 20;

// SP mailbox CRLF
Result<Bytes> parse_only_mailbox(Parser& in) {
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(Bytes name, in.mailbox());
  ROOST_TRY_VOID(in.end());
  return name;
}

// use-attr = "\" atom     RFC 6154 6
Result<> parse_use_attr(Parser& in, std::vector<std::string>& uses) {
  ROOST_TRY_VOID(in.expect('\\', "a special use such as \\Sent"));
  ROOST_TRY(BytesView name, in.atom("a special use such as \\Sent"));
  std::string use = "\\" + std::string(name);
  bool known = std::ranges::any_of(uses, [&](const std::string& u) { return equals_ignoring_case(u, use); });
  if (known) return {};
  if (uses.size() >= kSpecialUsesMax) return no(Code::limit, "Too many special uses");
  uses.push_back(std::move(use));
  return {};
}

// create-param = "USE" SP "(" [use-attr *(SP use-attr)] ")"     RFC 6154 6
Result<> parse_create_param(Parser& in, Create& out) {
  if (!in.dialect().create_special_use || !in.take_word("USE")) return in.expected("a known parameter");
  ROOST_TRY_VOID(in.space());
  ROOST_TRY_VOID(in.expect('(', "'(' after USE"));
  if (in.take(')')) return {};
  do {
    ROOST_TRY_VOID(parse_use_attr(in, out.special_use));
  } while (in.take(' '));
  return in.expect(')', "')' after the special uses");
}

}  // namespace

Result<Create> parse_create(Parser& in) {
  Create out;
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(Bytes wire, in.astring("a mailbox name"));
  // The hierarchy separator at the end only says that names below it will follow (RFC 9051 6.3.4).
  if (wire.ends_with(kHierarchySeparator)) wire.pop_back();
  ROOST_TRY(out.mailbox, normalize_mailbox_name(wire, in.dialect().utf8_names));
  if (in.dialect().utf8_names && wire != out.mailbox) out.supplied = std::move(wire);
  if (in.take(' ')) {
    ROOST_TRY_VOID(in.expect('(', "'(' before the parameters"));
    do {
      ROOST_TRY_VOID(parse_create_param(in, out));
    } while (in.take(' '));
    ROOST_TRY_VOID(in.expect(')', "')' after the parameters"));
  }
  ROOST_TRY_VOID(in.end());
  return out;
}

Result<Delete> parse_delete(Parser& in) {
  Delete out;
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.mailbox, in.mailbox(out.supplied));
  ROOST_TRY_VOID(in.end());
  return out;
}

// rename = "RENAME" SP mailbox SP mailbox     RFC 9051 6.3.6
Result<Rename> parse_rename(Parser& in) {
  Rename out;
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.from, in.mailbox(out.supplied_from));
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.to, in.mailbox(out.supplied_to));
  ROOST_TRY_VOID(in.end());
  return out;
}

Result<Subscribe> parse_subscribe(Parser& in) {
  ROOST_TRY(Bytes name, parse_only_mailbox(in));
  return Subscribe{std::move(name)};
}

Result<Unsubscribe> parse_unsubscribe(Parser& in) {
  ROOST_TRY(Bytes name, parse_only_mailbox(in));
  return Unsubscribe{std::move(name)};
}

}  // namespace roost::imap
