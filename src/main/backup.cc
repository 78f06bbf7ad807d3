#include "main/backup.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <utility>

#include "admin/restore.h"
#include "admin/verb_run.h"
#include "admin/verbs.h"
#include "main/command_parts.h"
#include "main/file_copy.h"

namespace roost::main {
namespace {

namespace fs = std::filesystem;

admin::Request for_backup(std::string verb) {
  admin::Request request;
  request.verb = std::move(verb);
  request.options[std::string(admin::kForBackupOption)];
  request.json = true;  // these print nothing then
  return request;
}

// A copy of the store that stands still, as long as this lives.
class Frozen {
 public:
  static Result<Frozen> make(const Config& config, const std::string& socket) {
    Frozen frozen(config, socket);
    ROOST_TRY_VOID(frozen.thaw());  // what is left of one that was interrupted
    ROOST_TRY(int status, run_anywhere(config, socket, for_backup("freeze")));
    if (status != admin::kOk) return no(Code::unavailable, "The store could not be frozen");
    frozen.held_ = true;
    return frozen;
  }
  Frozen(Frozen&& other) noexcept
      : config_(other.config_), socket_(other.socket_), held_(std::exchange(other.held_, false)) {}
  Frozen& operator=(Frozen&&) = delete;
  ~Frozen() {
    if (held_) (void)thaw();
  }

  std::string path() const { return config_.data + "/store/frozen/" + std::string(admin::kBackupCopy); }

 private:
  Frozen(const Config& config, const std::string& socket) : config_(config), socket_(socket) {}

  Result<> thaw() const {
    ROOST_TRY(int status, run_anywhere(config_, socket_, for_backup("thaw")));
    if (status != admin::kOk) return no(Code::unavailable, path() + " could not be deleted");
    return {};
  }

  const Config& config_;
  const std::string& socket_;
  bool held_ = false;
};

struct UsersFiles {
  std::string users;
  std::string secret;
  friend bool operator==(const UsersFiles&, const UsersFiles&) = default;
};

Result<UsersFiles> read_users(const Config& config) {
  UsersFiles out;
  for (auto [name, text] : {std::pair(kUsers, &out.users), std::pair(kSecret, &out.secret)}) {
    auto read = read_file(config.data + "/" + name);
    if (!read && read.error().code != Code::nonexistent) return Fail(read.error());
    if (read) *text = *std::move(read);
  }
  return out;
}

struct Moment {
  Frozen frozen;
  UsersFiles users;
};

// Mail and users of the same moment: users who came or went while the store was being frozen would have no mail, or
// mail no user.
Result<Moment> freeze(const Config& config, const std::string& socket) {
  constexpr int kTriesMax = 20;
  for (int i = 0; i < kTriesMax; ++i) {
    ROOST_TRY(UsersFiles before, read_users(config));
    ROOST_TRY(Frozen frozen, Frozen::make(config, socket));
    ROOST_TRY(UsersFiles after, read_users(config));
    if (before == after) return Moment{std::move(frozen), std::move(after)};
  }
  return no(Code::unavailable, "Users are added or changed all the time: try again later");
}

Result<> add_all(const Config& config, const Moment& moment, BackupWriter& writer) {
  auto added = writer.add(moment.frozen.path(), kStore);
  if (!added && !fs::exists(moment.frozen.path())) {
    return no(Code::unavailable, "The frozen copy went away: the server was started meanwhile. Try again");
  }
  ROOST_TRY_VOID(std::move(added));
  if (!moment.users.users.empty()) ROOST_TRY_VOID(writer.add_octets(moment.users.users, kUsers));
  if (!moment.users.secret.empty()) ROOST_TRY_VOID(writer.add_octets(moment.users.secret, kSecret));
  for (const char* name : kOtherFiles) {
    std::string path = config.data + "/" + name;
    if (fs::exists(path)) ROOST_TRY_VOID(writer.add(path, name));
  }
  return {};
}

Result<size_t> keep_of(const admin::Request& request) {
  auto option = request.options.find("keep");
  if (option == request.options.end()) return SIZE_MAX;
  const std::string& text = option->second;
  size_t keep = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), keep);
  if (error != std::errc() || end != text.data() + text.size() || keep == 0) {
    return bad("--keep needs a number from 1 on");
  }
  return keep;
}

void tell(const admin::Request& request, const Backup& backup, const CopyCount& count) {
  for (const std::string& path : count.damaged) {
    fmt::print(stderr, "{} is damaged: it was copied anew, into this backup only.\n", path);
  }
  if (request.json) {
    admin::Json json = {{"path", backup.path},
                        {"files", count.files},
                        {"copied_files", count.copied_files},
                        {"copied_bytes", count.copied_bytes},
                        {"damaged_before", count.damaged}};
    fmt::print("{}\n", json.dump(2));
  } else {
    fmt::print("Backed up to {}: {} files, of which {} with {} bytes are new.\n", backup.path, count.files,
               count.copied_files, count.copied_bytes);
  }
}

Result<Backup> make_backup(const Config& config, const std::string& socket, BackupWriter& writer) {
  {
    ROOST_TRY(Moment moment, freeze(config, socket));
    ROOST_TRY_VOID(add_all(config, moment, writer));
  }
  return writer.finish();
}

Result<> back_up(const Config& config, const std::string& socket, const admin::Request& request) {
  ROOST_TRY(size_t keep, keep_of(request));
  std::string directory = plain_path(request.arguments[0]);
  if ((directory + "/").starts_with(config.data + "/")) {
    return no(Code::cannot, "A backup within the data directory would be lost with it");
  }
  if (!fs::exists(config.data + "/store")) return no(Code::nonexistent, "There is no store in " + config.data);
  ROOST_TRY(LockFile held, hold_data_directory(config));
  BackupOptions options{.time = system_clock().wall().seconds,
                        .verify = request.has("verify"),
                        .progress = progress_on_terminal("backup")};
  ROOST_TRY(auto writer, BackupWriter::begin(directory, std::move(options)));
  auto backup = make_backup(config, socket, writer);
  if (!backup) {
    (void)writer.discard();  // or the next backup does
    return Fail(backup.error());
  }
  if (keep != SIZE_MAX) ROOST_TRY_VOID(delete_old_backups(directory, keep));
  tell(request, *backup, writer.count());
  return {};
}

}  // namespace

int run_backup(const Config& config, const std::string& socket, const admin::Request& request) {
  auto done = back_up(config, socket, request);
  return done ? admin::kOk : say(done.error());
}

}  // namespace roost::main
