// How much an account may hold (RFC 9208), and how much it does.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace roost::mail {

// Nothing: no limit. A kib is 1024 octets.
struct QuotaLimits {
  std::optional<uint64_t> storage_kib;
  std::optional<uint64_t> messages;
  std::optional<uint64_t> mailboxes;
  std::optional<uint64_t> annotation_kib;
  friend bool operator==(const QuotaLimits&, const QuotaLimits&) = default;
};

// Of all mailboxes of an account together; also what an operation adds to it, or takes away.
struct QuotaUsage {
  uint64_t bytes = 0;  // of messages: the sum of their RFC822.SIZE, copies counted each time
  uint64_t messages = 0;
  uint64_t mailboxes = 0;
  uint64_t annotation_bytes = 0;
  friend bool operator==(const QuotaUsage&, const QuotaUsage&) = default;
};

// In units of 1024 octets, what has begun counts as whole.
constexpr uint64_t in_kib(uint64_t bytes) { return bytes / 1024 + (bytes % 1024 != 0 ? 1 : 0); }

// NO [OVERQUOTA] where `added` less `removed` is more of a resource, and the account would then hold more of it than it
// may. What shrinks an account or leaves it as it is, is always allowed.
Result<> check_quota(const QuotaLimits& limits, const QuotaUsage& now, const QuotaUsage& added,
                     const QuotaUsage& removed = {});

// Whether one of the resources is used to `percent` of its limit or beyond. A limit of nothing is not warned of.
bool is_nearly_full(const QuotaLimits& limits, const QuotaUsage& now, uint32_t percent);

// docs/formats/record.md
void write_quota(Encoder& out, const QuotaLimits& limits);
QuotaLimits read_quota(Decoder& in);

}  // namespace roost::mail
