// roost restore DIR: a whole data directory out of a backup.
#include <fmt/format.h>

#include <filesystem>

#include "admin/control_client.h"
#include "admin/restore.h"
#include "admin/verbs.h"
#include "main/backup.h"
#include "main/command_parts.h"
#include "main/data_directory.h"
#include "main/file_copy.h"
#include "main/offline.h"
#include "main/restore_files.h"

namespace roost::main {
namespace {

namespace fs = std::filesystem;

Result<> require_no_server(const Config& config, const std::string& socket) {
  admin::Request request;
  request.verb = "thaw";
  request.options[std::string(admin::kForBackupOption)];
  request.json = true;  // which says nothing
  ROOST_TRY(auto up, admin::send_request(socket, request));
  if (up) return no(Code::in_use, "Stop the server first");
  if (!fs::exists(config.data + "/" + kStore)) return {};
  return no(Code::already_exists, "There is a store in " + config.data + " already: move it away, or name an account");
}

Result<> refuse_damage(const std::vector<std::string>& damaged, const admin::Request& request) {
  if (damaged.empty() || request.has("damaged")) return {};
  return fault(
      fmt::format("{} files of the backup are damaged: take another backup, or these as they are with --damaged",
                  damaged.size()),
      Code::corruption);
}

// Users, and all that is not the store: what is there stays.
Result<> copy_settings(const Config& config, const Backup& backup, const admin::Request& request) {
  if (fs::exists(config.data + "/" + kUsers)) {
    fmt::print(stderr, "The users in {}/auth stay as they are.\n", config.data);
  } else {
    ROOST_TRY_VOID(remove_tree(config.data + "/auth"));
    ROOST_TRY(auto damaged, copy_all(backup, "auth/", config.data + "/auth/", config.data));
    ROOST_TRY_VOID(refuse_damage(damaged, request));
  }
  for (const char* name : kOtherFiles) {
    if (fs::exists(config.data + "/" + name)) continue;
    ROOST_TRY(auto damaged, copy_all(backup, name, config.data + "/" + name, config.data));
    ROOST_TRY_VOID(refuse_damage(damaged, request));
  }
  return {};
}

// What can be read of a damaged store; a sound one stays as it is.
Result<> repair(const Config& config, const store::StoreConfig& where) {
  admin::Request request;
  request.verb = "check";
  request.options["repair"];
  ROOST_TRY(int status, run_apart([&] { return run_offline(config, where, request); }));
  if (status != admin::kOk) fmt::print(stderr, "Not everything could be repaired: roost check says what is damaged.\n");
  return {};
}

// Clients have seen the time since the backup: every account leaves it behind before anybody is served.
Result<> jump(const Config& config, const store::StoreConfig& where, const admin::LostTime& lost) {
  auto work = [&] {
    return run_offline(config, where,
                       [&](admin::Services& services) { return admin::jump_all_accounts(services, lost); });
  };
  ROOST_TRY(int status, run_apart(work));
  if (status != admin::kOk) return no(Code::unavailable, "The restored store could not be opened");
  return {};
}

Result<> copy_store(const Config& config, const Backup& backup, const admin::Request& request, const std::string& to) {
  RestoreFiles files{.from = "store/",
                     .to = to + "/",
                     .takes = [](std::string_view) { return Takes::copy; },
                     .owned_as = config.data,
                     .leave_bytes_free = config.store.free_bytes_min + config.store.reserve_bytes};
  ROOST_TRY(auto damaged, copy_files(backup, files));
  ROOST_TRY_VOID(refuse_damage(damaged, request));
  ROOST_TRY_VOID(copy_settings(config, backup, request));
  store::StoreConfig where = config.store;
  where.directory = to;
  if (!damaged.empty()) ROOST_TRY_VOID(repair(config, where));
  admin::LostTime lost{.since = backup.manifest.time, .restores_before = restores_of(backup)};
  note_restore_or_say(backup);
  return jump(config, where, lost);
}

}  // namespace

// The store gets its name when everything is in it: what is interrupted is begun anew.
Result<> restore_everything(const Config& config, const std::string& socket, const Backup& backup,
                            const admin::Request& request) {
  ROOST_TRY_VOID(prepare_data_directory(config.data, config.server.user));
  ROOST_TRY(LockFile held, hold_data_directory(config));
  ROOST_TRY_VOID(require_no_server(config, socket));
  std::string store = config.data + "/" + kStore;
  std::string unfinished = config.data + "/store.restoring";
  ROOST_TRY_VOID(remove_tree(unfinished));
  auto copied = copy_store(config, backup, request, unfinished);
  if (!copied) {
    (void)remove_tree(unfinished);  // or the next restore does
    return copied;
  }
  ROOST_TRY_VOID(sync_file_system(config.data));
  std::error_code error;
  fs::rename(unfinished, store, error);
  if (error) return no(Code::unavailable, store + ": " + error.message());
  return sync_file_system(config.data);
}

}  // namespace roost::main
