#include "main/offline.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "accounts/accounts.h"
#include "admin/verbs.h"
#include "auth/local.h"
#include "rt/real.h"
#include "store/open.h"

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

task<> run_and_stop(admin::Services* services, admin::Request request, rt::RealLoops* loops, int* exit_status) {
  StandardOutput output;
  *exit_status = co_await admin::run_verb(*services, std::move(request), output);
  co_await services->accounts.stop();
  loops->stop();
}

void become_owner_of(const std::string& directory) {
  struct stat about{};
  if (::geteuid() != 0 || ::stat(directory.c_str(), &about) != 0 || about.st_uid == 0) return;
  if (::setegid(about.st_gid) != 0 || ::seteuid(about.st_uid) != 0) std::perror("seteuid");
}

Result<int> run(const Config& config, const admin::Request& request) {
  std::filesystem::create_directories(config.data);
  become_owner_of(config.data);
  auto loops = rt::make_loops(1);
  auto pool = rt::make_pool("blocking", config.server.blocking_threads);
  ROOST_TRY(auto authenticator, auth::make_local_authenticator(config.auth, loops->at(0), *pool));
  ROOST_TRY(auto database, store::open_store(config.store, *pool));
  auto store = database->node();
  auto accounts = accounts::make_accounts(config.accounts, *store, *loops, *pool, system_clock());
  admin::Services services{*accounts, *store, *authenticator, system_clock(), {}};
  int exit_status = admin::kFailed;
  rt::spawn(loops->at(0), run_and_stop(&services, request, loops.get(), &exit_status));
  loops->run();
  return exit_status;
}

}  // namespace

int run_offline(const Config& config, const admin::Request& request) {
  ::umask(077);
  auto exit_status = run(config, request);
  if (exit_status) return *exit_status;
  fmt::print(stderr, "{}\n", exit_status.error().text);
  return admin::kFailed;
}

}  // namespace roost::main
