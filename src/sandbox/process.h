// Who a process is, and what others can see of it.
#pragma once

#include <string>

#include "base/result.h"

namespace roost::sandbox {

enum class Groups : uint8_t {
  all,      // those that the user is a member of
  primary,  // the one in the user's entry
};

// Becomes `user` for good. Does nothing where it is empty, or who this is already; else it needs root.
Result<> become_user(const std::string& user, Groups groups);

// No core dumps, no tracing by others, no new privileges: for memory that holds secrets.
Result<> hide_memory();

}  // namespace roost::sandbox
