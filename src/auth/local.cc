#include "auth/local.h"

#include "auth/local_authenticator.h"
#include "rt/real.h"

namespace roost::auth {
namespace {

constexpr Millis kLockPatience{3000};
constexpr uint32_t kTokenThreads = 4;  // questions to the issuer at once

}  // namespace

Result<std::unique_ptr<Authenticator>> make_local_authenticator(Config config, rt::Loop& home, rt::Pool& pool) {
  Ground ground{home, pool, system_files(), nullptr, nullptr};
  if (config.oauth.is_on()) {
    ROOST_TRY(ground.tokens, Tokens::open(config.oauth));
    ground.token_pool = rt::make_pool("auth-token", kTokenThreads);
  }
  if (config.directory.empty()) {
    sasl::Secret secret(random_octets(32));
    return std::make_unique<LocalAuthenticator>(std::move(config), ground, Directory(), std::move(secret),
                                                std::nullopt);
  }
  ROOST_TRY_VOID(ground.files.make_directory(config.directory));
  ROOST_TRY(DirectoryLock lock, DirectoryLock::acquire(config.directory, kLockPatience));
  ROOST_TRY(sasl::Secret secret, load_secret(ground.files, config.directory));
  ROOST_TRY(Directory directory, Directory::load(ground.files, config.directory));
  return std::make_unique<LocalAuthenticator>(std::move(config), ground, std::move(directory), std::move(secret),
                                              std::move(lock));
}

std::unique_ptr<Authenticator> make_memory_authenticator(rt::Loop& home, rt::Pool& pool) {
  Config config;
  config.iterations = sasl::kScramIterationsMin;
  config.throttle = false;
  return std::make_unique<LocalAuthenticator>(std::move(config), Ground{home, pool, system_files(), nullptr, nullptr},
                                              Directory(), sasl::Secret(random_octets(32)), std::nullopt);
}

}  // namespace roost::auth
