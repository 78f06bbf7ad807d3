// SASLprep (RFC 4013): what makes two ways of typing a name or a password the same octets. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace roost::sasl {

// What is written down may not hold code points that Unicode 3.2 had not assigned; what is asked for may (RFC 3454 7).
enum class Preparation : uint8_t { stored, query };

// Nullopt for invalid UTF-8, prohibited characters, text of mixed direction, or an empty result.
std::optional<std::string> prepare(std::string_view text, Preparation preparation);

// A password that SASLprep refuses is used as the octets it came as, so that an emoji (unassigned in Unicode 3.2) or a
// Latin-1 password works where client and server see the same octets. Always as a query, which differs from a stored
// string only in what it refuses: both ends of a comparison must come out the same. Empty only for an empty password.
std::string prepare_password(std::string_view password);

}  // namespace roost::sasl
