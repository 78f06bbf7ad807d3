// GETQUOTA, GETQUOTAROOT and SETQUOTA, and what answers them (RFC 9208).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace roost::imap {

class Parser;

// resource-name     RFC 9208 5
enum class QuotaResource : uint8_t { storage, message, mailbox, annotation_storage };

// getquota = "GETQUOTA" SP quota-root-name
struct GetQuota {
  Bytes root;
};

// getquotaroot = "GETQUOTAROOT" SP mailbox
struct GetQuotaRoot {
  Bytes mailbox;  // UTF-8, normalised; need not exist
};

// setquota = "SETQUOTA" SP quota-root-name SP setquota-list
struct SetQuota {
  struct Limit {
    QuotaResource resource = QuotaResource::storage;
    uint64_t limit = 0;
  };
  Bytes root;
  std::vector<Limit> limits;  // each resource once; what is not there has no limit any more
};

Result<GetQuota> parse_get_quota(Parser& in);
Result<GetQuotaRoot> parse_get_quota_root(Parser& in);
// No [CANNOT] for a resource that is not known.
Result<SetQuota> parse_set_quota(Parser& in);

// quota-resource = resource-name SP resource-usage SP resource-limit
struct QuotaState {
  QuotaResource resource = QuotaResource::storage;
  uint64_t usage = 0;
  uint64_t limit = 0;
};

// * QUOTA root (…), of resources that have a limit (4.2.1)
void write_quota(Bytes& out, BytesView root, std::span<const QuotaState> states);
// * QUOTAROOT mailbox root…
void write_quota_root(Bytes& out, BytesView mailbox, std::span<const std::string> roots, bool utf8);

}  // namespace roost::imap
