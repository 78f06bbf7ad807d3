// Access control lists (RFC 4314): who may do what with a mailbox.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/flags.h"
#include "base/ids.h"
#include "base/rights.h"

namespace roost::mail {

// Identifiers are canonical login names, "anyone", "authuser" (anyone who is logged in, but for ANONYMOUS), or one of
// these behind a "-", which takes rights away (RFC 4314 2). Empty: the owner, whatever the login name.
inline constexpr std::string_view kOwnerIdentifier;
inline constexpr std::string_view kAnyone = "anyone";
inline constexpr std::string_view kAuthUser = "authuser";
inline constexpr std::string_view kAnonymous = "anonymous";  // who logs in by SASL ANONYMOUS

struct AclEntry {
  std::string identifier;
  Rights rights;
  friend bool operator==(const AclEntry&, const AclEntry&) = default;
};
// Ascending by identifier, each once, none without rights.
using Acl = std::vector<AclEntry>;

// That of a mailbox for which nobody has ever set one: the owner may do everything, nobody else anything.
const Acl& default_acl();

// What is never taken from the owner, so that nobody locks himself out.
inline constexpr Rights kOwnerRightsMin = Right::lookup | Right::administer;

// Who asks for something.
struct Actor {
  bool system = true;  // the server itself, or its administrator: may do everything
  bool owner = false;  // of the account
  std::string user;    // canonical login name
  // Who has a \Seen of his own on these mailboxes, in place of the one that lies with the messages; 0: nobody.
  AccountId own_seen = {};

  static Actor owned_by(std::string user) { return {.system = false, .owner = true, .user = std::move(user)}; }
  static Actor visiting(std::string user) { return {.system = false, .owner = false, .user = std::move(user)}; }
};

// The rights of all entries that apply, together, without those that a negative entry takes away.
Rights rights_of(const Acl& acl, const Actor& actor);

// One of them, beside "l", lets a user read and set a mailbox's annotations (RFC 5464 3.3).
inline constexpr Rights kRightsToAnnotate = Right::read | Right::seen | Right::write | Right::insert | Right::post;

// The flags that rights allow to change (RFC 4314 4), and whether keywords are among them.
SystemFlags changeable_flags(Rights rights);
inline bool may_change_keywords(Rights rights) { return rights.has(Right::write); }

// The rights that the ACL itself grants to this identifier, whoever else it applies to.
Rights granted(const Acl& acl, std::string_view identifier);
// As it is stored: docs/formats/record.md. Reading one that is not in order fails the decoder.
void write_acl(Encoder& out, const Acl& acl);
Acl read_acl(Decoder& in);

// With `rights` in the place of what the identifier had; none: without its entry.
Acl with_entry(Acl acl, std::string_view identifier, Rights rights);

}  // namespace roost::mail
