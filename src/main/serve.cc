#include "main/serve.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <optional>

#include "accounts/accounts.h"
#include "accounts/search_index.h"
#include "accounts/transfers.h"
#include "admin/account_changes.h"
#include "admin/control_server.h"
#include "admin/removed_accounts.h"
#include "auth/client.h"
#include "base/log.h"
#include "imapd/server.h"
#include "lmtpd/session.h"
#include "main/apple_push.h"
#include "main/data_directory.h"
#include "main/listeners.h"
#include "main/signals.h"
#include "main/staged_store.h"
#include "net/tls.h"
#include "push/pusher.h"
#include "rt/event.h"
#include "rt/real.h"
#include "sandbox/files.h"
#include "sandbox/process.h"
#include "sandbox/system_calls.h"
#include "store/open.h"

namespace roost::main {
namespace {

constexpr Seconds kHousekeepingInterval{60};

net::ClientCertificates clients_of(const Config& config) {
  net::ClientCertificates out;
  if (config.tls.client_authorities_file.empty()) return out;
  out.authorities_file = std::filesystem::absolute(config.tls.client_authorities_file);
  if (config.tls.client_name == "common-name") out.name_field = net::ClientNameField::common_name;
  if (config.tls.client_name == "user-id") out.name_field = net::ClientNameField::user_id;
  return out;
}

constexpr mode_t kTlsDirectoryMode = 0755;  // the key is a file of its own mode

// The self-signed certificate, made at the first start. The key comes first: one without a certificate is left from a
// start that was interrupted, and is put aside.
Result<std::shared_ptr<net::TlsContext>> open_own_tls(const Config& config) {
  ROOST_TRY(ActingAs acting, ActingAs::begin(config.server.user));
  std::filesystem::path directory = std::filesystem::path(config.data) / "tls";
  ROOST_TRY_VOID(make_durably(directory, kTlsDirectoryMode));
  std::filesystem::path certificate = directory / "certificate.pem";
  std::filesystem::path key = directory / "key.pem";
  if (!std::filesystem::exists(certificate)) {
    if (std::filesystem::exists(key)) std::filesystem::rename(key, directory / "key.pem.old");
    ROOST_TRY_VOID(net::write_self_signed(certificate, key, config.server.host_name));
  }
  return net::load_tls(certificate, key, clients_of(config));
}

Result<std::shared_ptr<net::TlsContext>> open_tls(const Config& config) {
  if (config.tls.certificate_file.empty()) return open_own_tls(config);
  return net::load_tls(std::filesystem::absolute(config.tls.certificate_file),
                       std::filesystem::absolute(config.tls.key_file), clients_of(config));
}

// What the running server is made of. Built in two steps: listen() while it may still bind low ports, then, with
// fewer rights, open(). Members are destroyed in the reverse order: sessions, accounts, store, loops.
class Server {
 public:
  explicit Server(const Config& config) : config_(config) {}

  Result<> listen();
  Result<> open();
  void run();

 private:
  void stop();
  task<> shut_down();
  admin::ServerStatus status() const;
  void wake_sessions();
  void end_sessions_by(uint64_t app_password);
  task<> say_ready();
  void arm_housekeeping();
  task<> keep_house();

  const Config& config_;
  std::unique_ptr<rt::RealLoops> loops_;
  std::unique_ptr<rt::Pool> blocking_;
  std::shared_ptr<net::TlsContext> tls_;
  std::unique_ptr<auth::Authenticator> authenticator_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::AccountStore> store_;
  std::unique_ptr<accounts::Accounts> accounts_;
  std::optional<push::ApnsConfig> apns_;
  std::optional<push::Pusher> pusher_;
  std::optional<imapd::Services> imap_;
  std::optional<lmtpd::Services> lmtp_;
  std::optional<admin::Services> control_;
  std::optional<Listeners> listeners_;
  rt::Event settled_;  // loop 0's, as are the next ones
  rt::Mutex housekeeping_;
  rt::Timer housekeeping_timer_;
  bool stopping_ = false;
  int64_t started_ = system_clock().wall().seconds;
};

Result<> Server::listen() {
  ROOST_TRY(tls_, open_tls(config_));
  ROOST_TRY(apns_, read_apns_config(config_.apple_push));
  ROOST_TRY(authenticator_, auth::spawn_auth_child(config_.auth));
  loops_ = rt::make_loops(config_.server.threads);
  Handlers handlers;
  handlers.imap = [this](std::unique_ptr<net::Stream> stream) { return imapd::serve(std::move(stream), *imap_); };
  handlers.lmtp = [this](std::unique_ptr<net::Stream> stream) { return lmtpd::serve(std::move(stream), *lmtp_); };
  handlers.control = [this](std::unique_ptr<net::Stream> stream) {
    return admin::serve_control(std::move(stream), *control_);
  };
  ROOST_TRY(listeners_, Listeners::open(config_, *loops_, tls_, handlers));
  return give_to(config_.server.user, listeners_->unix_paths());
}

Result<> Server::open() {
  // Of a restore and of a backup that were interrupted; before the next ones can begin.
  for (const std::string& left : {staged_directory(config_.data), config_.store.directory + "/frozen"}) {
    std::error_code none_left;
    std::filesystem::remove_all(left, none_left);
  }
  blocking_ = rt::make_pool("blocking", config_.server.blocking_threads);
  ROOST_TRY(database_, store::open_store(config_.store, *blocking_));
  store_ = database_->node();
  accounts_ = accounts::make_accounts(config_.accounts, *store_, *loops_, *blocking_, system_clock());
  if (config_.search.index) accounts::keep_search_index(*accounts_);
  imapd::ImapdConfig imap = config_.imap;
  if (apns_) {
    imap.apple_push_topic = apns_->topic;
    pusher_.emplace(
        push::PusherConfig{*apns_, imap.apple_push, config_.apple_push.notices_max, config_.apple_push.flush_ms_max},
        *accounts_, *loops_, system_clock());
    accounts::observe(*accounts_, *pusher_);
  }
  imap_.emplace(std::move(imap), *accounts_, *authenticator_);
  lmtp_.emplace(config_.lmtp, *accounts_, *authenticator_, system_clock());
  control_.emplace(
      admin::Services{.accounts = *accounts_,
                      .store = *store_,
                      .authenticator = *authenticator_,
                      .clock = system_clock(),
                      .status = [this] { return status(); },
                      .wake_sessions = [this] { wake_sessions(); },
                      .end_sessions_by = [this](uint64_t app_password) { end_sessions_by(app_password); }});
  control_->open_staged = [this](std::string name) {
    return open_staged_store(config_, *loops_, *blocking_, std::move(name));
  };
  return {};
}

admin::ServerStatus Server::status() const {
  return {started_, imap_->stats.connections, imap_->stats.logged_in, imap_->stats.idling, accounts_->stats()};
}

void Server::wake_sessions() {
  listeners_->for_each([](net::Stream& stream) { stream.wake(); });
}

void Server::end_sessions_by(uint64_t app_password) {
  imap_->revoked_passwords.add(app_password);
  wake_sessions();
}

// Removals of users, and moves between accounts, that a crash interrupted are gone on with; if that is not possible
// now, then before the next one.
task<> settle(admin::Services* services, rt::Event* done) {
  auto settled = co_await admin::settle_accounts(*services);
  if (!settled) log::warn("account_changes_not_settled", {{"text", settled.error().text}});
  auto moves = co_await accounts::settle_moves(services->accounts, services->store);
  if (!moves) log::warn("moves_not_settled", {{"text", moves.error().text}});
  done->set();
}

void Server::arm_housekeeping() {
  if (stopping_) return;
  housekeeping_timer_ = loops_->at(0).after(kHousekeepingInterval, [this] { rt::spawn(loops_->at(0), keep_house()); });
}

task<> Server::keep_house() {
  {
    auto lock = co_await housekeeping_.lock();
    if (stopping_) co_return;
    auto expired = co_await admin::expire_removed_accounts(*control_);
    if (!expired) log::warn("removed_accounts_not_expired", {{"text", expired.error().text}});
  }
  arm_housekeeping();
}

task<> Server::say_ready() {
  log::info("ready", {{"listening", listeners_->text()}});
  fmt::print("ready {}\n", listeners_->text());
  std::fflush(stdout);
  co_return;
}

void Server::run() {
  SignalThread signals([this] { stop(); },
                       [this] {
                         auto reloaded = tls_->reload();
                         log::info("reload", {{"certificate", reloaded ? "read again" : reloaded.error().text}});
                       });
  rt::spawn(loops_->at(0), settle(&*control_, &settled_));
  rt::spawn(loops_->at(0), say_ready());
  loops_->at(0).post([this] { arm_housekeeping(); });
  loops_->run();
}

void Server::stop() {
  log::info("stopping");
  rt::spawn(loops_->at(0), shut_down());
}

// Sessions end first, so that what they had begun is finished and acknowledged; then the accounts, then what was begun
// at the start and reads the store, then the loops.
task<> Server::shut_down() {
  stopping_ = true;
  housekeeping_timer_.cancel();
  listeners_->stop();
  imap_->stopping = true;
  lmtp_->stopping = true;
  wake_sessions();
  co_await listeners_->drain(config_.server.drain_ms_max);
  if (pusher_) co_await pusher_->stop();
  co_await accounts_->stop();
  co_await settled_.wait();
  {
    auto lock = co_await housekeeping_.lock();  // which finds the accounts closed
  }
  log::info("stopped");
  loops_->stop();
}

// Where a certificate may be read from after a renewal: beside the link that was named, and beside what it points to.
void add_certificate_directories(const std::string& file, std::vector<std::string>& readable) {
  if (file.empty()) return;
  std::error_code error;
  readable.push_back(std::filesystem::absolute(file).parent_path());
  std::filesystem::path target = std::filesystem::canonical(file, error);
  if (!error) readable.push_back(target.parent_path());
}

// Everything that this process reads or writes from now on: the store, and of the rest of the data directory nothing
// but the certificate. The verifiers in DIR/auth in particular are the auth child's alone, which was started before.
Result<> restrict(const Config& config) {
  if (!config.server.sandbox) return {};
  ROOST_TRY_VOID(sandbox::require_single_thread());
  std::filesystem::create_directories(config.store.directory);
  std::vector<std::string> writable = {config.store.directory, "/dev/null"};
  std::vector<std::string> readable = {config.data + "/tls", "/usr",        "/lib",         "/lib64",     "/etc/ssl",
                                       "/etc/localtime",     "/etc/passwd", "/dev/urandom", "/proc/self", "/sys"};
  add_certificate_directories(config.tls.certificate_file, readable);
  add_certificate_directories(config.tls.key_file, readable);
  add_certificate_directories(config.tls.client_authorities_file, readable);
  add_resolver(config.apple_push, readable);
  bool landlock = sandbox::restrict_files(writable, readable);
  log::info("sandbox", {{"landlock", landlock}});
  return {};
}

Result<> start(const Config& config, Server& server) {
  ROOST_TRY_VOID(prepare_data_directory(config.data, config.server.user));
  ROOST_TRY_VOID(server.listen());
  auto dropped = sandbox::become_user(config.server.user, sandbox::Groups::all);
  if (!dropped) return no(Code::cannot, "server.user: " + dropped.error().text);
  ROOST_TRY_VOID(restrict(config));
  ROOST_TRY_VOID(server.open());
  if (config.server.sandbox) ROOST_TRY_VOID(sandbox::forbid_dangerous_calls());
  return {};
}

}  // namespace

int serve(const Config& config) {
  ::umask(077);
  block_signals();
  Server server(config);
  if (auto started = start(config, server); !started) {
    fmt::print(stderr, "{}\n", admin::as_sentence(started.error().text));
    return admin::kFailed;
  }
  if (::geteuid() == 0) log::warn("running_as_root", {{"advice", "set server.user"}});
  server.run();
  return admin::kOk;
}

}  // namespace roost::main
