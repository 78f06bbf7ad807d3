// Mail out of a backup. What is there stays; nothing goes back that a client can have seen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "admin/staged_store.h"
#include "admin/verb_run.h"

namespace roost::admin {

// What main/ adds to what was typed. After `roost restore`: the account's number in the backup, and the LostTime.
inline constexpr std::string_view kBackupAccountOption = "backup-account";
inline constexpr std::string_view kBackupTimeOption = "backup-time";
inline constexpr std::string_view kBackupRestoresOption = "backup-restores";
// The staged store (staged_store.h) that is a copy of the backup's.
inline constexpr std::string_view kStagedOption = "staged";
// To `roost freeze` and `roost thaw`: that the copy is the one of `roost backup`, which nobody else touches.
inline constexpr std::string_view kForBackupOption = "for-backup";

// What store::AccountStore::freeze() calls that copy, and the one of other backup programs.
inline constexpr std::string_view kBackupCopy = "backup";
inline constexpr std::string_view kOthersCopy = "copy";

// The time between a backup and its restore, which clients have seen and nobody knows any more.
struct LostTime {
  int64_t since = 0;             // seconds since 1970 UTC: when the backup was made
  uint32_t restores_before = 0;  // how often it was brought back already, and lost again
};

// How far UIDs and MODSEQs jump, so that they pass whatever that time can have used.
mail::Jump jump_over(const LostTime& lost, int64_t now);

struct ImportedAccount {
  AccountId from;    // in the backup
  AccountId to;      // new
  std::string name;  // its user's canonical login name
};
// The whole account under a new number, with its UIDs and UIDVALIDITYs, which then jump. How many bodies are
// damaged in the backup, and did not come.
task<Result<uint64_t>> import_account(VerbRun run, StagedStore& staged, ImportedAccount account, LostTime lost);

// Messages of the backup's account that their mailboxes do not have now, of all mailboxes or one; mailboxes that are
// gone are made again, with their rights and annotations. May be interrupted, and done again.
task<Result<>> merge_account(VerbRun run, StagedStore& staged, AccountId from, auth::UserInfo user,
                             std::optional<std::string> mailbox);

// Every account jumps: of a store that was put back as a whole, before it is served.
task<Result<>> jump_all_accounts(Services& services, LostTime lost);

}  // namespace roost::admin
