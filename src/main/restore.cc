// roost restore: which backup, and how an account or a mailbox gets to the server.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "admin/restore.h"
#include "admin/verbs.h"
#include "auth/directory.h"
#include "auth/name.h"
#include "main/backup.h"
#include "main/command_parts.h"
#include "main/file_copy.h"
#include "main/restore_files.h"
#include "main/staged_store.h"

namespace roost::main {

void note_restore_or_say(const Backup& backup) {
  auto noted = note_restore(backup, system_clock().wall().seconds);
  if (noted) return;
  fmt::print(stderr,
             "{} It cannot be noted there that this backup was brought back: should it have to be once more, "
             "clients with a cache may take new messages for old ones.\n",
             admin::as_sentence(noted.error().text));
}

namespace {

namespace fs = std::filesystem;

Result<AccountId> account_in(const Backup& backup, const std::string& name) {
  ROOST_TRY(std::string text, read_backed_up(backup, kUsers));
  ROOST_TRY(auth::Users users, auth::parse_users(text));
  auto canonical = auth::canonical_name(name);
  auto user = canonical ? users.find(*canonical) : users.end();
  if (user != users.end()) return user->second.account;
  return no(Code::nonexistent, fmt::format("The backup {} has no user '{}'", backup.path, name));
}

// Tables and bodies are never changed where they lie; RocksDB only adds files to them and removes their names.
Takes takes(std::string_view path, AccountId account) {
  if (path.starts_with("store/blobs/")) {
    std::string mine = fmt::format("store/blobs/{:02x}/{:016x}/", account.value & 0xff, account.value);
    return path.starts_with(mine) ? Takes::link : Takes::no;
  }
  return path.ends_with(".sst") || path.ends_with(".blob") ? Takes::link : Takes::copy;
}

RestoreFiles files_of(const Config& config, AccountId account, const std::string& to) {
  return {.from = "store/",
          .to = to + "/",
          .takes = [account](std::string_view path) { return takes(path, account); },
          .owned_as = config.store.directory,
          .leave_bytes_free = config.store.free_bytes_min};
}

// Damaged bodies are told one by one when their turn comes; without the tables nothing can be found.
Result<> stage(const Config& config, const Backup& backup, AccountId account, const admin::Request& request) {
  std::string to = staged_directory(config.data) + "/" + request.options.at(std::string(admin::kStagedOption));
  ROOST_TRY(auto damaged, copy_files(backup, files_of(config, account, to)));
  std::erase_if(damaged, [](const std::string& path) { return path.starts_with("store/blobs/"); });
  if (damaged.empty() || request.has("damaged")) return {};
  return fault("The backup is damaged: take another one, or try this one with --damaged", Code::corruption);
}

Result<int> restore_account(const Config& config, const std::string& socket, admin::Request request,
                            const Backup& backup) {
  if (!fs::exists(config.store.directory)) {
    return no(Code::nonexistent, "There is no store in " + config.data + ": restore everything, or add a user first");
  }
  ROOST_TRY(LockFile held, hold_data_directory(config));
  ROOST_TRY(AccountId account, account_in(backup, request.arguments[1]));
  std::string name = fmt::format("{}-{}", system_clock().wall().seconds, ::getpid());
  request.options[std::string(admin::kStagedOption)] = name;
  std::string directory = staged_directory(config.data) + "/" + name;
  ROOST_TRY_VOID(remove_tree(directory));
  auto staged = stage(config, backup, account, request);
  Result<int> status = admin::kFailed;
  if (staged) {
    request.options[std::string(admin::kBackupAccountOption)] = std::to_string(account.value);
    request.options[std::string(admin::kBackupTimeOption)] = std::to_string(backup.manifest.time);
    request.options[std::string(admin::kBackupRestoresOption)] = std::to_string(restores_of(backup));
    note_restore_or_say(backup);
    status = run_anywhere(config, socket, request);
  }
  if (status) ROOST_TRY_VOID(remove_tree(directory));  // else the server may still be at it
  if (!staged) return Fail(staged.error());
  return status;
}

Result<int> restore(const Config& config, const std::string& socket, const admin::Request& request) {
  ROOST_TRY(Backup backup, find_backup(plain_path(request.arguments[0])));
  if (request.arguments.size() > 1) return restore_account(config, socket, request, backup);
  ROOST_TRY_VOID(restore_everything(config, socket, backup, request));
  if (!request.json) fmt::print("Restored everything from {}.\n", backup.path);
  return admin::kOk;
}

}  // namespace

int run_restore(const Config& config, const std::string& socket, const admin::Request& request) {
  auto status = restore(config, socket, request);
  return status ? *status : say(status.error());
}

}  // namespace roost::main
