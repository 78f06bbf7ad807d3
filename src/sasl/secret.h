// A password, or what stands for one: wiped from memory when it goes.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace roost::sasl {

// Overwrites the string's octets, in a way that the compiler keeps, and empties it.
void wipe(std::string& secret);

// Owns octets that must not outlive their use. Moves, never copies; a moved-from Secret is wiped as well (a short
// string's octets would otherwise stay behind in the source).
class Secret {
 public:
  Secret() = default;
  Secret(std::string octets) : octets_(std::move(octets)) { wipe(octets); }  // NOLINT: from a string on purpose
  Secret(std::string_view octets) : octets_(octets) {}                       // NOLINT
  Secret(const char* octets) : octets_(octets) {}                            // NOLINT
  Secret(Secret&& other) noexcept : octets_(std::move(other.octets_)) { wipe(other.octets_); }
  Secret& operator=(Secret&& other) noexcept {
    if (this == &other) return *this;
    wipe(octets_);
    octets_ = std::move(other.octets_);
    wipe(other.octets_);
    return *this;
  }
  ~Secret() { wipe(octets_); }

  std::string_view view() const { return octets_; }
  Secret copy() const { return Secret(std::string_view(octets_)); }
  bool empty() const { return octets_.empty(); }

 private:
  std::string octets_;
};

}  // namespace roost::sasl
