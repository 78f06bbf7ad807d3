// The text of the file `users` (docs/formats/users.md): a heading, then a line for each user, in the order of names:
// name TAB account TAB created TAB enabled|disabled TAB verifier, whose parts have a space between them.
#include <algorithm>
#include <charconv>

#include "auth/directory.h"
#include "auth/name.h"

namespace roost::auth {
namespace {

constexpr std::string_view kHeading = "roost-users 1\n";
constexpr std::string_view kHeadingOfParts = "roost-users 2\n";  // some verifiers have more than one part
constexpr size_t kLineBytesTypical = 200;

void append_line(Bytes& out, const User& user) {
  out += user.name;
  out += '\t';
  out += std::to_string(user.account.value);
  out += '\t';
  out += std::to_string(user.created.seconds);
  out += user.disabled ? "\tdisabled\t" : "\tenabled\t";
  out += user.verifier;
  out += '\n';
}

std::string_view take_field(std::string_view& line) {
  size_t end = std::min(line.find('\t'), line.size());
  std::string_view field = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return field;
}

template <class T>
bool parse_number(std::string_view text, T& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

std::optional<User> parse_line(std::string_view line) {
  User user;
  user.name = take_field(line);
  if (canonical_name(user.name) != user.name) return std::nullopt;
  if (!parse_number(take_field(line), user.account.value) || user.account.value == 0) return std::nullopt;
  if (!parse_number(take_field(line), user.created.seconds)) return std::nullopt;
  std::string_view state = take_field(line);
  if (state != "enabled" && state != "disabled") return std::nullopt;
  user.disabled = state == "disabled";
  if (!scheme_of(line)) return std::nullopt;
  user.verifier = line;
  return user;
}

Fail wrong_line(size_t number, std::string_view why) {
  return fault("line " + std::to_string(number) + ": " + std::string(why), Code::corruption);
}

bool has_parts(const User& user) { return user.verifier.find(' ') != std::string::npos; }

Result<Users> parse_lines(BytesView text) {
  Users users;
  for (size_t number = 2; !text.empty(); ++number) {
    size_t end = text.find('\n');
    if (end == BytesView::npos) return wrong_line(number, "the file ends in the middle");
    std::optional<User> user = parse_line(text.substr(0, end));
    if (!user) return wrong_line(number, "expected name, account, created, enabled or disabled, and a verifier");
    std::string name = user->name;
    if (!users.try_emplace(std::move(name), *std::move(user)).second)
      return wrong_line(number, "the name is there twice");
    text.remove_prefix(end + 1);
  }
  return users;
}

}  // namespace

Bytes format_users(const Users& users) {
  bool parts = std::ranges::any_of(users, has_parts, &Users::value_type::second);
  Bytes out(parts ? kHeadingOfParts : kHeading);
  out.reserve(out.size() + users.size() * kLineBytesTypical);
  for (const auto& [name, user] : users) append_line(out, user);
  return out;
}

Result<Users> parse_users(BytesView text) {
  if (!text.starts_with(kHeading) && !text.starts_with(kHeadingOfParts)) {
    return wrong_line(1, "expected \"roost-users 1\" or \"roost-users 2\"");
  }
  return parse_lines(text.substr(kHeading.size()));
}

Bytes Directory::format_with(const Change& change) const {
  bool parts = (change.user && has_parts(*change.user)) || std::ranges::any_of(users_, [&change](const auto& entry) {
                 return entry.first != change.name && has_parts(entry.second);
               });
  Bytes out(parts ? kHeadingOfParts : kHeading);
  out.reserve(out.size() + (users_.size() + 1) * kLineBytesTypical);
  bool placed = !change.user;
  for (const auto& [name, user] : users_) {
    if (!placed && name >= change.name) {
      append_line(out, *change.user);
      placed = true;
    }
    if (name != change.name) append_line(out, user);
  }
  if (!placed) append_line(out, *change.user);
  return out;
}

}  // namespace roost::auth
