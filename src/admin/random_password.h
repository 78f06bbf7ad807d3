// For a user who comes back: nobody can log in with it until a password is set.
#pragma once

#include <string>

namespace roost::admin {

// 192 random bits.
std::string random_password();

}  // namespace roost::admin
