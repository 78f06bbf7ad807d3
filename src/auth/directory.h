// The users, all of them in memory, and their file. Not thread-safe; blocks only where it says so.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/app_password.h"
#include "auth/authenticator.h"
#include "auth/files.h"
#include "auth/verifier.h"

namespace roost::auth {

struct User {
  std::string name;  // canonical
  AccountId account;
  WallTime created;
  bool disabled = false;
  std::string verifier;
  std::vector<AppPassword> app_passwords;  // in the order in which they were made; each for another device

  // Those that a new password of the user's own must keep, and those of a new app password.
  Saltings app_saltings() const;
  Saltings saltings() const;
  // By its id; null where there is none.
  const AppPassword* find_app(uint64_t id) const;
  UserInfo info() const { return {name, account, created, disabled}; }
  friend bool operator==(const User&, const User&) = default;
};

// One user put in the place of whoever had the name, or taken out.
struct Change {
  std::string name;
  std::optional<User> user;
};

using Users = std::map<std::string, User, std::less<>>;

// The file `users`: docs/formats/users.md. Hostile octets give an error that names the line.
Bytes format_users(const Users& users);
Result<Users> parse_users(BytesView text);

class Directory {
 public:
  Directory() = default;  // empty

  // Reads `directory`/users; a directory without that file has no users. Blocks.
  static Result<Directory> load(Files& files, const std::string& directory);

  const User* find(std::string_view canonical_name) const;
  // Those after `after`, in the order of their names.
  std::vector<UserInfo> list(std::string_view after, size_t count_max) const;
  size_t size() const { return users_.size(); }
  // Whether every one of them can complete a mechanism, with each of his passwords.
  bool all_have_scram(sasl::ScramHash hash) const { return without(hash) == 0; }
  bool all_have_cram() const { return without_cram_ == 0; }

  // The file as it will be once `change` is applied.
  Bytes format_with(const Change& change) const;
  void apply(Change change);
  // In memory; the next file that is written has it. False where that day is known already.
  bool note_use(std::string_view canonical_name, uint64_t app_password_id, uint32_t day);

 private:
  size_t without(sasl::ScramHash hash) const { return without_scram_[static_cast<size_t>(hash)]; }
  void count(const User& user, bool added);

  Users users_;
  std::array<size_t, 2> without_scram_{};  // by hash
  size_t without_cram_ = 0;
};

// The secret behind Decoys: made when it is first asked for, then the same for ever. Blocks.
Result<sasl::Secret> load_secret(Files& files, const std::string& directory);

}  // namespace roost::auth
