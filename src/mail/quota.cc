#include "mail/quota.h"

#include <string>

namespace roost::mail {
namespace {

constexpr uint64_t kLimitMax = INT64_MAX;  // RFC 9208 7: number64
constexpr uint64_t kBytesPerKib = 1024;

using Limit = std::optional<uint64_t> QuotaLimits::*;
using Usage = uint64_t QuotaUsage::*;

struct Resource {
  Limit limit;
  Usage usage;
  uint64_t unit;  // octets or pieces of which the limit counts one
  std::string_view text;
};

// In the order of their bits in the format.
constexpr Resource kResources[] = {
    {&QuotaLimits::storage_kib, &QuotaUsage::bytes, kBytesPerKib, "The messages would take more room than the quota."},
    {&QuotaLimits::messages, &QuotaUsage::messages, 1, "There would be more messages than the quota allows."},
    {&QuotaLimits::mailboxes, &QuotaUsage::mailboxes, 1, "There would be more mailboxes than the quota allows."},
    {&QuotaLimits::annotation_kib, &QuotaUsage::annotation_bytes, kBytesPerKib,
     "The annotations would take more room than the quota."},
};

}  // namespace

Result<> check_quota(const QuotaLimits& limits, const QuotaUsage& now, const QuotaUsage& added,
                     const QuotaUsage& removed) {
  for (const Resource& resource : kResources) {
    const std::optional<uint64_t>& limit = limits.*resource.limit;
    uint64_t more = added.*resource.usage;
    uint64_t less = removed.*resource.usage;
    if (!limit || more <= less) continue;
    uint64_t after = now.*resource.usage + (more - less);
    uint64_t needed = after / resource.unit + (after % resource.unit != 0 ? 1 : 0);
    if (needed > *limit) return no(Code::over_quota, std::string(resource.text));
  }
  return {};
}

bool is_nearly_full(const QuotaLimits& limits, const QuotaUsage& now, uint32_t percent) {
  for (const Resource& resource : kResources) {
    const std::optional<uint64_t>& limit = limits.*resource.limit;
    if (!limit || *limit == 0) continue;
    double used = static_cast<double>(now.*resource.usage) / static_cast<double>(resource.unit);
    if (used * 100 >= static_cast<double>(*limit) * percent) return true;
  }
  return false;
}

void write_quota(Encoder& out, const QuotaLimits& limits) {
  uint8_t there = 0;
  for (size_t i = 0; i < std::size(kResources); ++i) {
    if (limits.*kResources[i].limit) there = static_cast<uint8_t>(there | 1U << i);
  }
  out.u8(there);
  for (const Resource& resource : kResources) {
    if (limits.*resource.limit) out.varint(*(limits.*resource.limit));
  }
}

QuotaLimits read_quota(Decoder& in) {
  QuotaLimits limits;
  uint8_t there = in.u8();
  if (there >> std::size(kResources) != 0) in.fail();
  for (size_t i = 0; i < std::size(kResources); ++i) {
    if ((there >> i & 1) == 0) continue;
    uint64_t limit = in.varint();
    if (limit > kLimitMax) in.fail();
    limits.*kResources[i].limit = limit;
  }
  return limits;
}

}  // namespace roost::mail
