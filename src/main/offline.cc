#include "main/offline.h"

#include <fmt/format.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "accounts/accounts.h"
#include "accounts/search_index.h"
#include "admin/verbs.h"
#include "auth/client.h"
#include "main/data_directory.h"
#include "main/staged_store.h"
#include "rt/real.h"
#include "store/open.h"
#include "store/salvage.h"

namespace roost::main {
namespace {

class StandardOutput final : public admin::Output {
 public:
  task<> write(admin::Frame frame) override {
    std::FILE* to = frame.kind == admin::Frame::Kind::standard_output ? stdout : stderr;
    std::fwrite(frame.data.data(), 1, frame.data.size(), to);
    co_return;
  }
};

// Gives the exit status.
using Work = std::function<task<int>(admin::Services&)>;

task<int> run_request(admin::Services& services, admin::Request request) {
  StandardOutput output;
  co_return co_await admin::run_verb(services, std::move(request), output);
}

task<int> run_work(admin::Services& services, std::function<task<Result<>>(admin::Services&)> work) {
  auto done = co_await work(services);
  if (done) co_return admin::kOk;
  fmt::print(stderr, "{}\n", admin::as_sentence(done.error().text));
  co_return admin::kFailed;
}

task<> run_and_stop(admin::Services* services, const Work* work, rt::RealLoops* loops, int* exit_status) {
  *exit_status = co_await (*work)(*services);
  co_await services->accounts.stop();
  loops->stop();
}

Result<> become_owner_of(const std::string& directory) {
  struct stat about{};
  if (::geteuid() != 0 || ::stat(directory.c_str(), &about) != 0 || about.st_uid == 0) return {};
  bool done = ::setgroups(0, nullptr) == 0 && ::setresgid(about.st_gid, about.st_gid, about.st_gid) == 0 &&
              ::setresuid(about.st_uid, about.st_uid, about.st_uid) == 0;
  if (!done) return fault("becoming the owner of " + directory + ": " + std::strerror(errno));
  return {};
}

Result<int> run(const Config& config, const store::StoreConfig& where, bool begins, const Work& work) {
  // A mistyped directory is a mistake, not an empty server; only the first user begins one.
  if (!begins && !std::filesystem::exists(config.data)) {
    return no(Code::nonexistent, "there is no data directory " + config.data);
  }
  ROOST_TRY_VOID(prepare_data_directory(config.data, config.server.user));
  // Only to become a user of its own must the auth child begin as root; else auth/ would be left to root.
  if (config.auth.user.empty()) ROOST_TRY_VOID(become_owner_of(config.data));
  auth::Config directory_only = config.auth;
  directory_only.oauth = {};  // nobody logs in here, and the keys may be the server's alone to read
  ROOST_TRY(auto authenticator, auth::spawn_auth_child(std::move(directory_only)));
  ROOST_TRY_VOID(become_owner_of(config.data));
  auto loops = rt::make_loops(1);
  auto pool = rt::make_pool("blocking", config.server.blocking_threads);
  if (where.repairing) ROOST_TRY_VOID(store::salvage_store(where, *pool));
  ROOST_TRY(auto database, store::open_store(where, *pool));
  auto store = database->node();
  auto accounts = accounts::make_accounts(config.accounts, *store, *loops, *pool, system_clock());
  if (config.search.index) accounts::keep_search_index(*accounts);
  admin::Services services{*accounts, *store, *authenticator, system_clock(), {}, {}};
  services.open_staged = [&](std::string name) { return open_staged_store(config, *loops, *pool, std::move(name)); };
  int exit_status = admin::kFailed;
  rt::spawn(loops->at(0), run_and_stop(&services, &work, loops.get(), &exit_status));
  loops->run();
  return exit_status;
}

}  // namespace

namespace {

int run_and_say(const Config& config, const store::StoreConfig& where, bool begins, const Work& work) {
  ::umask(077);
  auto exit_status = run(config, where, begins, work);
  if (exit_status) return *exit_status;
  fmt::print(stderr, "{}\n", admin::as_sentence(exit_status.error().text));
  return admin::kFailed;
}

}  // namespace

int run_offline(const Config& config, const admin::Request& request) {
  return run_offline(config, config.store, request);
}

int run_offline(const Config& config, store::StoreConfig store, const admin::Request& request) {
  store.repairing = request.verb == "check" && request.has("repair");
  return run_and_say(config, store, request.verb == "user add",
                     [&](admin::Services& services) { return run_request(services, request); });
}

int run_offline(const Config& config, const store::StoreConfig& store,
                std::function<task<Result<>>(admin::Services&)> work) {
  return run_and_say(config, store, false, [&](admin::Services& services) { return run_work(services, work); });
}

}  // namespace roost::main
