#include "auth/directory.h"

#include <fmt/format.h>

#include <algorithm>

#include "sasl/base64.h"

namespace roost::auth {
namespace {

constexpr size_t kSecretBytes = 32;

Bytes write_secret(BytesView secret) {
  Bytes text = sasl::encode_base64(secret);
  return fmt::format("{}\t{:08x}\n", text, crc32c(text));
}

// A line without a checksum was written before there were any.
std::optional<Bytes> read_secret(BytesView line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  BytesView text = line.substr(0, line.find('\t'));
  if (text.size() < line.size() && fmt::format("{:08x}", crc32c(text)) != line.substr(text.size() + 1)) return {};
  std::optional<Bytes> secret = sasl::decode_base64(text);
  if (secret && secret->size() != kSecretBytes) secret.reset();
  return secret;
}

bool lacks_scram(const User& user, sasl::ScramHash hash) {
  std::optional<Salting> salting = saltings_of(user.verifier).of(hash);
  return !salting || std::ranges::any_of(user.app_passwords, [&](const AppPassword& app) {
    return saltings_of(app.verifier).of(hash) != salting;
  });
}

bool lacks_cram(const User& user) {
  return !cram_of(user.verifier) ||
         std::ranges::any_of(user.app_passwords, [](const AppPassword& app) { return !cram_of(app.verifier); });
}

}  // namespace

Saltings User::app_saltings() const {
  Saltings out;
  for (const AppPassword& app : app_passwords) out.fill_from(saltings_of(app.verifier));
  return out;
}

Saltings User::saltings() const {
  Saltings out = saltings_of(verifier);
  out.fill_from(app_saltings());
  return out;
}

const AppPassword* User::find_app(uint64_t id) const {
  auto found = std::ranges::find(app_passwords, id, &AppPassword::id);
  return found == app_passwords.end() ? nullptr : &*found;
}

Result<Directory> Directory::load(Files& files, const std::string& directory) {
  ROOST_TRY(std::optional<Bytes> text, files.read(directory + "/users"));
  Directory out;
  if (!text) return out;
  Result<Users> users = parse_users(*text);
  if (!users) return fault(directory + "/users: " + users.error().text, Code::corruption);
  out.users_ = *std::move(users);
  for (const auto& [name, user] : out.users_) out.count(user, true);
  return out;
}

const User* Directory::find(std::string_view canonical_name) const {
  auto it = users_.find(canonical_name);
  return it == users_.end() ? nullptr : &it->second;
}

std::vector<UserInfo> Directory::list(std::string_view after, size_t count_max) const {
  std::vector<UserInfo> out;
  for (auto it = users_.upper_bound(after); it != users_.end() && out.size() < count_max; ++it) {
    out.push_back(it->second.info());
  }
  return out;
}

void Directory::count(const User& user, bool added) {
  auto note = [added](size_t& counter, bool lacks) {
    if (lacks) added ? ++counter : --counter;
  };
  for (auto hash : {sasl::ScramHash::sha_1, sasl::ScramHash::sha_256}) {
    note(without_scram_[static_cast<size_t>(hash)], lacks_scram(user, hash));
  }
  note(without_cram_, lacks_cram(user));
}

void Directory::apply(Change change) {
  auto it = users_.find(change.name);
  if (it != users_.end()) {
    count(it->second, false);
    users_.erase(it);
  }
  if (!change.user) return;
  count(*change.user, true);
  users_.emplace(std::move(change.name), *std::move(change.user));
}

bool Directory::note_use(std::string_view canonical_name, uint64_t app_password_id, uint32_t day) {
  auto user = users_.find(canonical_name);
  if (user == users_.end()) return false;
  auto app = std::ranges::find(user->second.app_passwords, app_password_id, &AppPassword::id);
  if (app == user->second.app_passwords.end() || app->used_day == day) return false;
  app->used_day = day;
  return true;
}

Result<sasl::Secret> load_secret(Files& files, const std::string& directory) {
  ROOST_TRY(std::optional<Bytes> text, files.read(directory + "/secret"));
  if (!text) {
    Bytes fresh = random_octets(kSecretBytes);
    ROOST_TRY_VOID(replace_file(files, directory, "secret", write_secret(fresh)));
    return sasl::Secret(std::move(fresh));
  }
  std::optional<Bytes> secret = read_secret(*text);
  if (!secret) return fault(directory + "/secret is damaged", Code::corruption);
  return sasl::Secret(*std::move(secret));
}

}  // namespace roost::auth
