#include "mail/acl.h"

#include <algorithm>

namespace roost::mail {
namespace {

bool applies(std::string_view identifier, const Actor& actor) {
  if (identifier == kOwnerIdentifier) return actor.owner;
  if (identifier == kAnyone) return true;
  if (identifier == kAuthUser) return actor.user != kAnonymous;
  return identifier == actor.user;
}

}  // namespace

const Acl& default_acl() {
  static const Acl acl{{std::string(kOwnerIdentifier), Rights::all()}};
  return acl;
}

Rights rights_of(const Acl& acl, const Actor& actor) {
  if (actor.system) return Rights::all();
  Rights given;
  Rights taken;
  for (const AclEntry& entry : acl) {
    std::string_view identifier = entry.identifier;
    bool negative = identifier.starts_with('-');
    if (negative) identifier.remove_prefix(1);
    if (applies(identifier, actor)) (negative ? taken : given) |= entry.rights;
  }
  Rights rights = given & ~taken;
  return actor.owner ? rights | kOwnerRightsMin : rights;
}

SystemFlags changeable_flags(Rights rights) {
  SystemFlags flags;
  if (rights.has(Right::seen)) flags |= SystemFlag::seen;
  if (rights.has(Right::delete_messages)) flags |= SystemFlag::deleted;
  if (rights.has(Right::write)) flags |= ~(SystemFlag::seen | SystemFlag::deleted);
  return flags;
}

Rights granted(const Acl& acl, std::string_view identifier) {
  auto it = std::ranges::lower_bound(acl, identifier, {}, &AclEntry::identifier);
  return it != acl.end() && it->identifier == identifier ? it->rights : Rights();
}

Acl with_entry(Acl acl, std::string_view identifier, Rights rights) {
  auto it = std::ranges::lower_bound(acl, identifier, {}, &AclEntry::identifier);
  bool there = it != acl.end() && it->identifier == identifier;
  if (rights.empty()) {
    if (there) acl.erase(it);
  } else if (there) {
    it->rights = rights;
  } else {
    acl.insert(it, {std::string(identifier), rights});
  }
  return acl;
}

void write_acl(Encoder& out, const Acl& acl) {
  out.varint(acl.size());
  for (const AclEntry& entry : acl) {
    out.bytes(entry.identifier);
    out.varint(entry.rights.bits);
  }
}

Acl read_acl(Decoder& in) {
  Acl acl(in.count(2));
  for (size_t i = 0; i < acl.size(); ++i) {
    acl[i].identifier = std::string(in.bytes());
    uint64_t bits = in.varint();
    if (bits == 0 || bits > Rights::kAllBits) in.fail();
    if (i > 0 && acl[i - 1].identifier >= acl[i].identifier) in.fail();
    if (in.failed()) return {};
    acl[i].rights = Rights(static_cast<uint16_t>(bits));
  }
  return acl;
}

}  // namespace roost::mail
