// What the auth worker gives up before it touches a verifier.
#pragma once

#include <string>

#include "base/result.h"

namespace roost::auth {

// Makes `directory` (if any) belong to `user`, and this process become that user, its group and no other. Empty: stays
// who it is. Needs root, unless it is that user already.
Result<> become_user(const std::string& user, const std::string& directory);

// No core dumps, no tracing by others, no new privileges: memory holds verifiers and, for moments, passwords.
Result<> harden_process();

}  // namespace roost::auth
