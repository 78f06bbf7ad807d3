// App passwords: one for each device of a user, made by the server and never chosen. Being random they need no slow
// hash, and a login with one costs microseconds (docs/decisions/0013-app-passwords.md). Pure but for random octets;
// thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/authenticator.h"
#include "auth/verifier.h"

namespace roost::auth {

struct AppPassword {
  std::string device;  // what it is for, as its user calls it
  WallTime created;
  uint32_t used_day = 0;  // days since 1970 UTC; 0: never
  std::string verifier;   // $app$SALT$HASH, and behind it what SCRAM and CRAM-MD5 need (verifier.h)

  uint64_t id() const;
  AppPasswordInfo info() const { return {device, created, used_day, id()}; }
  friend bool operator==(const AppPassword&, const AppPassword&) = default;
};

// 100 random bits: four groups of five letters and digits, without those that look alike.
sasl::Secret random_app_password();

// no(cannot, why) for what a device cannot be called: it is 1 to kDeviceBytesMax octets of UTF-8 without control
// characters.
Result<> check_device(std::string_view device);

// Slow where the recipe has SCRAM, which is the client's work at a login: a pool's.
std::string make_app_verifier(const Recipe& recipe, std::string_view password, const Saltings& kept);
// The same password's, made anew for another recipe: its id stays.
std::string renewed_app_verifier(std::string_view verifier, const Recipe& recipe, std::string_view password,
                                 const Saltings& kept);
// Whether make_app_verifier() may have made it.
bool is_app_verifier(std::string_view verifier);

// The one that is this password; null where none is. Tries all of them, in microseconds.
const AppPassword* find_app_password(const std::vector<AppPassword>& passwords, std::string_view password);

}  // namespace roost::auth
