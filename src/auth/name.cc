#include "auth/name.h"

#include "auth/authenticator.h"
#include "sasl/prepare.h"

namespace roost::auth {
namespace {

std::optional<std::string> canonical(std::string_view name, sasl::Preparation preparation) {
  if (name.size() > kNameBytesMax) return std::nullopt;
  std::optional<std::string> prepared = sasl::prepare(name, preparation);
  if (!prepared || prepared->size() > kNameBytesMax) return std::nullopt;
  for (char& c : *prepared) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return prepared;
}

}  // namespace

std::optional<std::string> canonical_name(std::string_view name) { return canonical(name, sasl::Preparation::query); }

Result<std::string> new_name(std::string_view name) {
  std::optional<std::string> prepared = canonical(name, sasl::Preparation::stored);
  if (!prepared) return no(Code::cannot, "A login name is 1 to 255 octets of valid UTF-8 without control characters.");
  if (prepared->find_first_of(" /+%*\"\\") != std::string::npos) {
    return no(Code::cannot, "A login name may not contain a space or any of / + % * \" \\.");
  }
  if (prepared->starts_with('-')) return no(Code::cannot, "A login name may not begin with a hyphen.");
  if (*prepared == "anyone" || *prepared == "anonymous") return no(Code::cannot, "That login name is reserved.");
  return *std::move(prepared);
}

}  // namespace roost::auth
