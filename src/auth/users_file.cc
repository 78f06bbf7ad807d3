// The text of the file `users` (docs/formats/users.md): a heading that says how many there are, then a line for each
// user, in the order of names: name TAB account TAB created TAB enabled|disabled TAB verifier, whose parts have a space
// between them, for each app password TAB device TAB created TAB day of its last use TAB verifier, TAB checksum.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "auth/directory.h"
#include "auth/name.h"

namespace roost::auth {
namespace {

constexpr std::string_view kHeading = "roost-users 4 ";  // and how many
constexpr std::string_view kHeadingBefore = "roost-users 3 ";
// Of versions without checksums and without a count.
constexpr std::array<std::string_view, 2> kOldHeadings = {"roost-users 1\n", "roost-users 2\n"};
constexpr size_t kLineBytesTypical = 200;
constexpr size_t kSumDigits = 8;

void append_line(Bytes& out, const User& user) {
  size_t begin = out.size();
  out += user.name;
  out += '\t';
  out += std::to_string(user.account.value);
  out += '\t';
  out += std::to_string(user.created.seconds);
  out += user.disabled ? "\tdisabled\t" : "\tenabled\t";
  out += user.verifier;
  for (const AppPassword& app : user.app_passwords) {
    out += fmt::format("\t{}\t{}\t{}\t{}", app.device, app.created.seconds, app.used_day, app.verifier);
  }
  out += '\t';
  out += fmt::format("{:08x}\n", crc32c(BytesView(out).substr(begin)));
}

Bytes heading(size_t users) { return fmt::format("{}{}\n", kHeading, users); }

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

// Whether `fields` is one or more app passwords, whose fields it takes.
bool take_app_passwords(std::string_view fields, std::vector<AppPassword>& out) {
  size_t tabs = static_cast<size_t>(std::ranges::count(fields, '\t'));
  if (tabs % 4 != 3 || tabs / 4 >= kAppPasswordsPerUserMax) return false;
  while (!fields.empty()) {
    AppPassword app;
    app.device = take_field(fields);
    bool again = std::ranges::find(out, app.device, &AppPassword::device) != out.end();
    bool good = check_device(app.device) && !again;
    good = parse_number(take_field(fields), app.created.seconds) && good;
    good = parse_number(take_field(fields), app.used_day) && good;
    app.verifier = take_field(fields);
    if (!good || !is_app_verifier(app.verifier)) return false;
    out.push_back(std::move(app));
  }
  return true;
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
  bool has_app_passwords = line.contains('\t');
  user.verifier = take_field(line);
  if (!scheme_of(user.verifier)) return std::nullopt;
  if (has_app_passwords && !take_app_passwords(line, user.app_passwords)) return std::nullopt;
  return user;
}

Fail wrong_line(size_t number, std::string_view why) {
  return fault("line " + std::to_string(number) + ": " + std::string(why), Code::corruption);
}

// Takes the checksum off the end of a line; false where it is not the one of what stands before it.
bool take_sum(std::string_view& line) {
  if (line.size() <= kSumDigits) return false;
  std::string_view before = line.substr(0, line.size() - kSumDigits);
  if (!before.ends_with('\t') || fmt::format("{:08x}", crc32c(before)) != line.substr(before.size())) return false;
  line = before.substr(0, before.size() - 1);
  return true;
}

Result<Users> parse_lines(BytesView text, bool summed) {
  Users users;
  for (size_t number = 2; !text.empty(); ++number) {
    size_t end = text.find('\n');
    if (end == BytesView::npos) return wrong_line(number, "the file ends in the middle");
    std::string_view line = text.substr(0, end);
    if (summed && !take_sum(line)) return wrong_line(number, "it is damaged: its checksum is another");
    std::optional<User> user = parse_line(line);
    if (!user)
      return wrong_line(number,
                        "expected name, account, created, enabled or disabled, a verifier, and four fields for each "
                        "app password");
    std::string name = user->name;
    if (!users.try_emplace(std::move(name), *std::move(user)).second)
      return wrong_line(number, "the name is there twice");
    text.remove_prefix(end + 1);
  }
  return users;
}

}  // namespace

Bytes format_users(const Users& users) {
  Bytes out = heading(users.size());
  out.reserve(out.size() + users.size() * kLineBytesTypical);
  for (const auto& [name, user] : users) append_line(out, user);
  return out;
}

Result<Users> parse_users(BytesView text) {
  auto old = std::ranges::find_if(kOldHeadings, [text](std::string_view h) { return text.starts_with(h); });
  if (old != kOldHeadings.end()) return parse_lines(text.substr(old->size()), false);
  size_t end = text.find('\n');
  size_t count = 0;
  bool known = (text.starts_with(kHeading) || text.starts_with(kHeadingBefore)) && end != BytesView::npos &&
               parse_number(text.substr(kHeading.size(), end - kHeading.size()), count);
  if (!known) return wrong_line(1, "expected \"roost-users 4\" and the number of users");
  ROOST_TRY(Users users, parse_lines(text.substr(end + 1), true));
  if (users.size() == count) return users;
  return wrong_line(1, fmt::format("{} users are named here, and {} follow", count, users.size()));
}

Bytes Directory::format_with(const Change& change) const {
  bool replaces = users_.contains(change.name);
  Bytes out = heading(users_.size() - (replaces ? 1 : 0) + (change.user ? 1 : 0));
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
