#include "auth/directory.h"

#include "sasl/base64.h"

namespace roost::auth {
namespace {

constexpr size_t kSecretBytes = 32;

bool lacks_scram(const User& user) { return scheme_of(user.verifier) != Scheme::scram_sha_256; }

}  // namespace

Result<Directory> Directory::load(Files& files, const std::string& directory) {
  ROOST_TRY(std::optional<Bytes> text, files.read(directory + "/users"));
  Directory out;
  if (!text) return out;
  Result<Users> users = parse_users(*text);
  if (!users) return fault(directory + "/users: " + users.error().text, Code::corruption);
  out.users_ = *std::move(users);
  for (const auto& [name, user] : out.users_) out.without_scram_ += lacks_scram(user) ? 1 : 0;
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

void Directory::apply(Change change) {
  auto it = users_.find(change.name);
  if (it != users_.end()) {
    without_scram_ -= lacks_scram(it->second) ? 1 : 0;
    users_.erase(it);
  }
  if (!change.user) return;
  without_scram_ += lacks_scram(*change.user) ? 1 : 0;
  users_.emplace(std::move(change.name), *std::move(change.user));
}

Result<sasl::Secret> load_secret(Files& files, const std::string& directory) {
  ROOST_TRY(std::optional<Bytes> text, files.read(directory + "/secret"));
  if (!text) {
    Bytes fresh = random_octets(kSecretBytes);
    ROOST_TRY_VOID(replace_file(files, directory, "secret", sasl::encode_base64(fresh) + "\n"));
    return sasl::Secret(std::move(fresh));
  }
  if (text->ends_with('\n')) text->pop_back();
  std::optional<Bytes> secret = sasl::decode_base64(*text);
  if (!secret || secret->size() != kSecretBytes) return fault(directory + "/secret is damaged", Code::corruption);
  return sasl::Secret(*std::move(secret));
}

}  // namespace roost::auth
