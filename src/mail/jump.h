// How far an account's counters go where it may have gone back, after a restore or a repair: clients may have seen
// numbers beyond those that are left.
#pragma once

#include <algorithm>
#include <cstdint>

namespace roost::mail {

// The least that is enough for a short time.
struct JumpDistance {
  uint32_t uids = uint32_t{1} << 20;  // of each mailbox
  uint64_t modseqs = 1'000'000'000;
  uint32_t uidvalidities = 100'000;
};

// What no client sees.
inline constexpr uint64_t kMailboxIdsJumped = uint64_t{1} << 20;
inline constexpr uint64_t kBlobsJumped = uint64_t{1} << 32;

// UIDNEXT or a UIDVALIDITY after a jump: where too few are left, half of them.
inline uint32_t jumped(uint32_t next, uint32_t distance) { return next + std::min(distance, (UINT32_MAX - next) / 2); }

}  // namespace roost::mail
