// ACL (RFC 4314 7): SETACL, DELETEACL, GETACL, LISTRIGHTS, MYRIGHTS, and their responses: whole lines with CRLF.
#pragma once

#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/rights.h"

namespace roost::imap {

class Parser;

// setacl = "SETACL" SP mailbox SP identifier SP mod-rights. A right that is not known is bad (RFC 4314 3.1).
struct SetAcl {
  enum class Mode : uint8_t { replace, add, remove };

  Bytes mailbox;
  Bytes identifier;
  Mode mode = Mode::replace;
  Rights rights;
};

struct DeleteAcl {
  Bytes mailbox;
  Bytes identifier;
};

struct GetAcl {
  Bytes mailbox;
};

struct ListRights {
  Bytes mailbox;
  Bytes identifier;
};

struct MyRights {
  Bytes mailbox;
};

Result<SetAcl> parse_set_acl(Parser& in);
Result<DeleteAcl> parse_delete_acl(Parser& in);
Result<GetAcl> parse_get_acl(Parser& in);
Result<ListRights> parse_list_rights(Parser& in);
Result<MyRights> parse_my_rights(Parser& in);

struct AclPair {
  Bytes identifier;
  Rights rights;
};

// acl-data = "ACL" SP mailbox *(SP identifier SP rights)
void write_acl(Bytes& out, BytesView mailbox, std::span<const AclPair> acl, bool utf8);
// listrights-data = "LISTRIGHTS" SP mailbox SP identifier SP rights *(SP rights): those that the identifier always has,
// and the others, each by itself: none is tied to another.
void write_list_rights(Bytes& out, BytesView mailbox, BytesView identifier, Rights always, bool utf8);
// myrights-data = "MYRIGHTS" SP mailbox SP rights
void write_my_rights(Bytes& out, BytesView mailbox, Rights rights, bool utf8);

}  // namespace roost::imap
