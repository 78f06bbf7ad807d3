#include "auth/config.h"

#include "base/bytes.h"

namespace roost::auth {
namespace {

constexpr uint32_t kHashThreadsMax = 64;
constexpr uint32_t kHashQueueMax = 65'536;
constexpr uint32_t kCachedLoginsMax = 1'000'000;
constexpr uint32_t kCachedLoginSecondsMax = 86'400;
constexpr uint32_t kThrottleEntriesMin = 1024;
constexpr uint32_t kThrottleEntriesMax = 16'777'216;

Result<> within(std::string_view what, uint32_t value, uint32_t least, uint32_t most) {
  if (value >= least && value <= most) return {};
  return no(Code::cannot,
            std::string(what) + " must be from " + std::to_string(least) + " to " + std::to_string(most) + ".");
}

}  // namespace

Result<> check(const Config& config) {
  ROOST_TRY_VOID(within("iterations", config.iterations, kIterationsMin, kIterationsMax));
  if (config.scheme == Scheme::argon2id && (config.scram_sha_1 || config.cram_md5)) {
    return no(Code::cannot, "scram_sha_1 and cram_md5 need the scheme scram-sha-256.");
  }
  ROOST_TRY_VOID(within("hash_threads", config.hash_threads, 1, kHashThreadsMax));
  ROOST_TRY_VOID(within("hash_queue_max", config.hash_queue_max, 1, kHashQueueMax));
  ROOST_TRY_VOID(within("cached_logins_max", config.cached_logins_max, 0, kCachedLoginsMax));
  ROOST_TRY_VOID(within("cached_login_s_max", config.cached_login_s_max, 0, kCachedLoginSecondsMax));
  return within("throttle_entries_max", config.throttle_entries_max, kThrottleEntriesMin, kThrottleEntriesMax);
}

}  // namespace roost::auth
