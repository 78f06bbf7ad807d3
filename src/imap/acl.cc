#include "imap/acl.h"

#include <algorithm>

#include "imap/mailbox_name.h"
#include "imap/parser.h"
#include "wire/string.h"

namespace roost::imap {
namespace {

// SP mailbox SP identifier
Result<> parse_mailbox_and_identifier(Parser& in, Bytes& mailbox, Bytes& identifier) {
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(mailbox, in.mailbox());
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(identifier, in.astring("an identifier"));
  return {};
}

// SP mailbox CRLF
Result<Bytes> parse_only_mailbox(Parser& in) {
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(Bytes mailbox, in.mailbox());
  ROOST_TRY_VOID(in.end());
  return mailbox;
}

// mod-rights = astring: +rights to add, -rights to remove, rights to replace
Result<> parse_mod_rights(Parser& in, SetAcl& out) {
  ROOST_TRY(Bytes text, in.astring("rights"));
  BytesView rights = text;
  if (rights.starts_with('+')) out.mode = SetAcl::Mode::add;
  if (rights.starts_with('-')) out.mode = SetAcl::Mode::remove;
  if (out.mode != SetAcl::Mode::replace) rights.remove_prefix(1);
  ROOST_TRY(out.rights, parse_rights(rights));
  return {};
}

// astring, as an atom where possible
void write_astring(Bytes& out, BytesView text, bool utf8) {
  if (!text.empty() && std::ranges::all_of(text, is_astring_char)) {
    out += text;
  } else {
    wire::write_string(out, text, utf8);
  }
}

}  // namespace

Result<SetAcl> parse_set_acl(Parser& in) {
  SetAcl out;
  ROOST_TRY_VOID(parse_mailbox_and_identifier(in, out.mailbox, out.identifier));
  ROOST_TRY_VOID(in.space());
  ROOST_TRY_VOID(parse_mod_rights(in, out));
  ROOST_TRY_VOID(in.end());
  return out;
}

Result<DeleteAcl> parse_delete_acl(Parser& in) {
  DeleteAcl out;
  ROOST_TRY_VOID(parse_mailbox_and_identifier(in, out.mailbox, out.identifier));
  ROOST_TRY_VOID(in.end());
  return out;
}

Result<GetAcl> parse_get_acl(Parser& in) {
  ROOST_TRY(Bytes mailbox, parse_only_mailbox(in));
  return GetAcl{std::move(mailbox)};
}

Result<ListRights> parse_list_rights(Parser& in) {
  ListRights out;
  ROOST_TRY_VOID(parse_mailbox_and_identifier(in, out.mailbox, out.identifier));
  ROOST_TRY_VOID(in.end());
  return out;
}

Result<MyRights> parse_my_rights(Parser& in) {
  ROOST_TRY(Bytes mailbox, parse_only_mailbox(in));
  return MyRights{std::move(mailbox)};
}

void write_acl(Bytes& out, BytesView mailbox, std::span<const AclPair> acl, bool utf8) {
  out += "* ACL ";
  write_mailbox(out, mailbox, utf8);
  for (const AclPair& pair : acl) {
    out += ' ';
    write_astring(out, pair.identifier, utf8);
    out += ' ';
    write_astring(out, pair.rights.spelled(), utf8);
  }
  out += "\r\n";
}

void write_list_rights(Bytes& out, BytesView mailbox, BytesView identifier, Rights always, bool utf8) {
  out += "* LISTRIGHTS ";
  write_mailbox(out, mailbox, utf8);
  out += ' ';
  write_astring(out, identifier, utf8);
  out += ' ';
  std::string required = always.spelled();
  write_astring(out, required, utf8);
  // RFC 4314 2.1.1: c and d by themselves, as their members are.
  for (char right : Rights::all().spelled()) {
    if (!required.contains(right)) (out += ' ') += right;
  }
  out += "\r\n";
}

void write_my_rights(Bytes& out, BytesView mailbox, Rights rights, bool utf8) {
  out += "* MYRIGHTS ";
  write_mailbox(out, mailbox, utf8);
  out += ' ';
  write_astring(out, rights.spelled(), utf8);
  out += "\r\n";
}

}  // namespace roost::imap
