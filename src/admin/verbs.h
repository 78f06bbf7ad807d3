// The verbs of the command line: each is one function that runs the same inside the server and, where none is up, in
// the command's own process.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "accounts/accounts.h"
#include "admin/request.h"
#include "auth/authenticator.h"
#include "base/clock.h"
#include "rt/task.h"
#include "store/store.h"

namespace roost::admin {

// Exit statuses, which scripts rely on.
inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

// What `roost status` shows of a running server.
struct ServerStatus {
  int64_t started = 0;  // seconds since 1970 UTC
  size_t connections = 0;
  size_t logged_in = 0;
  size_t idling = 0;
  accounts::AccountsStats accounts;
};

// Accounts that are being made or removed by this process (account_changes.h). Thread-safe.
class AccountsBeingChanged {
 public:
  // False where it is there already.
  bool add(AccountId account);
  void remove(AccountId account);

 private:
  std::mutex mutex_;
  std::set<AccountId> ids_;
};

class StagedStore;

struct Services {
  accounts::Accounts& accounts;
  store::AccountStore& store;
  auth::Authenticator& authenticator;
  const Clock& clock;
  std::function<ServerStatus()> status;  // empty: no server is up
  std::function<void()> wake_sessions;   // every session looks whether its account is still there; empty: none is up
  // Ends the sessions that logged in with an app password, which nobody can any more; empty: none is up.
  std::function<void(uint64_t app_password_id)> end_sessions_by = {};
  std::shared_ptr<AccountsBeingChanged> being_changed = std::make_shared<AccountsBeingChanged>();
  // staged_store.h; its name below the directory of staged stores. Empty: cannot.
  std::function<task<Result<std::shared_ptr<StagedStore>>>(std::string name)> open_staged = {};
  std::shared_ptr<std::atomic<bool>> restoring = std::make_shared<std::atomic<bool>>(false);  // a restore is under way
};

// Where a verb's output goes, piece by piece.
class Output {
 public:
  virtual ~Output() = default;
  virtual task<> write(Frame frame) = 0;
};

// Runs on one loop; `services` and `output` outlive it. Gives the exit status; what went wrong was written as one
// sentence to standard error.
task<int> run_verb(Services& services, Request request, Output& output);

// An error's text as the command line says it: with a capital, unless it begins with a name, and a full stop.
std::string as_sentence(std::string text);

// What a verb reads from standard input (Request::input).
enum class Reads : uint8_t { nothing, password, message };

struct OptionSyntax {
  std::string_view name;   // "special-use"
  std::string_view value;  // "USE"; empty: a switch
  std::string_view help;
};

// How a verb is called; the command line is built from this, and a test holds the man page against it.
struct VerbSyntax {
  std::string_view verb;       // "user add"
  std::string_view arguments;  // "ACCOUNT MAILBOX" or "[ACCOUNT]"; those in brackets, at the end, may be left out
  std::span<const OptionSyntax> options;
  std::string_view help;
  Reads reads = Reads::nothing;
};

std::span<const VerbSyntax> verb_syntaxes();

}  // namespace roost::admin
