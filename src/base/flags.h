// The flags of a message: five system flags in a byte, and keywords, which are atoms.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace roost {

// RFC 3501 2.3.2. The bits are stored: never renumber them. \Recent is not here, because a session owns it, not a
// message.
enum class SystemFlag : uint8_t {
  seen = 1 << 0,
  answered = 1 << 1,
  flagged = 1 << 2,
  deleted = 1 << 3,
  draft = 1 << 4,
};

struct SystemFlags {
  uint8_t bits = 0;

  static constexpr uint8_t kAllBits = 0x1f;

  constexpr SystemFlags() = default;
  constexpr SystemFlags(SystemFlag flag) : bits(static_cast<uint8_t>(flag)) {}
  constexpr explicit SystemFlags(uint8_t b) : bits(b & kAllBits) {}
  static constexpr SystemFlags all() { return SystemFlags(kAllBits); }

  constexpr bool has(SystemFlag flag) const { return (bits & static_cast<uint8_t>(flag)) != 0; }
  constexpr bool empty() const { return bits == 0; }
  constexpr SystemFlags operator|(SystemFlags o) const { return SystemFlags(static_cast<uint8_t>(bits | o.bits)); }
  constexpr SystemFlags operator&(SystemFlags o) const { return SystemFlags(static_cast<uint8_t>(bits & o.bits)); }
  constexpr SystemFlags operator~() const { return SystemFlags(static_cast<uint8_t>(~bits)); }
  constexpr SystemFlags& operator|=(SystemFlags o) { return *this = *this | o; }
  constexpr SystemFlags& operator&=(SystemFlags o) { return *this = *this & o; }
  friend constexpr bool operator==(SystemFlags, SystemFlags) = default;
};

constexpr SystemFlags operator|(SystemFlag a, SystemFlag b) { return SystemFlags(a) | SystemFlags(b); }

// Keywords compare without case (ASCII) and keep the spelling of whoever used them first.
constexpr char to_lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
bool equals_ignoring_case(std::string_view a, std::string_view b);
int compare_ignoring_case(std::string_view a, std::string_view b);  // <0, 0, >0

// A flag list as a command or a record names it. Keywords: no two are equal, order of first mention.
struct FlagSet {
  SystemFlags system;
  std::vector<std::string> keywords;

  // Does nothing if it is there already: O(keywords).
  void add_keyword(std::string_view keyword);
  bool has_keyword(std::string_view keyword) const;
  bool empty() const { return system.empty() && keywords.empty(); }
  friend bool operator==(const FlagSet&, const FlagSet&) = default;
};

}  // namespace roost
