// Annotations (RFC 5464) of one mailbox, or of the account itself, which are its user's on the server. Inside mail/
// only; others read them through Snapshot. docs/formats/root.md.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

namespace roost::mail {

struct MetadataKey {
  AccountId user;    // whose private entry it is; 0: shared
  std::string name;  // all of it, in lower case: "/private/comment"
  friend auto operator<=>(const MetadataKey&, const MetadataKey&) = default;
};

// Immutable once it is part of a snapshot; values are shared between versions.
struct Metadata {
  using Value = std::shared_ptr<const Bytes>;

  std::map<MetadataKey, Value> entries;
  uint64_t bytes = 0;  // what they count for the limit of an account
  bool clean = false;  // as on the last checkpoint's page

  // Null removes. False where that changes nothing.
  bool set(const MetadataKey& key, Value value);
  // Entries of one user, or shared ones (0).
  size_t count(AccountId user) const;
};
using MetadataPtr = std::shared_ptr<const Metadata>;

void write_metadata(Encoder& out, MailboxId mailbox, const Metadata& metadata);
struct MetadataEntry {
  MailboxId mailbox;  // 0: the account's own
  MetadataPtr metadata;
};
// Code::corruption unless it is consistent in itself.
Result<MetadataEntry> read_metadata(Decoder& in);

}  // namespace roost::mail
