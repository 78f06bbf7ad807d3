#include "admin/random_password.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "base/random.h"

namespace roost::admin {

std::string random_password() {
  std::array<uint8_t, 24> octets{};
  fill_random(octets.data(), octets.size());
  std::string out;
  for (uint8_t octet : octets) out += fmt::format("{:02x}", octet);
  return out;
}

}  // namespace roost::admin
