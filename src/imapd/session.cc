#include "imapd/session.h"

#include <algorithm>
#include <utility>

#include "accounts/home.h"
#include "base/log.h"
#include "imap/response.h"
#include "imapd/features.h"
#include "net/moving.h"

namespace roost::imapd {

using Event = wire::Framer::Event;

namespace {

inline constexpr uint64_t kUnchargedLineBytes = 64 * 1024;

wire::FramerLimits limits_before_login(const ImapdConfig& config) {
  return {.line_bytes_max = config.login_line_bytes_max,
          .discard_bytes_max = config.login_line_bytes_max * 2,
          .skip_bytes_max = config.login_line_bytes_max * 2};
}

wire::FramerLimits limits_after_login(const ImapdConfig& config) {
  return {.line_bytes_max = config.line_bytes_max,
          .discard_bytes_max = config.line_bytes_max * 16,
          .skip_bytes_max = config.skip_literal_bytes_max,
          .literals_max = config.append_messages_max + 1};  // one may be the mailbox
}

}  // namespace

Session::Session(std::unique_ptr<net::Stream> stream, Services& services)
    : stream_(std::move(stream)),
      services_(services),
      input_(*stream_, limits_before_login(services.config)),
      output_(services.config.batch_bytes),
      dialect_(dialect_of_features()),
      held_(services.memory),
      started_(stream_->loop().clock().now()),
      login_from_(started_),
      batch_started_(started_) {
  ++services_.stats.connections;
  ++services_.stats.connections_total;
}

Session::~Session() {
  --services_.stats.connections;
  if (account_) --services_.stats.logged_in;
}

State Session::state() const {
  if (!account_) return State::not_authenticated;
  return selected_ ? State::selected : State::authenticated;
}

bool Session::is_clear_text() const {
  return !stream_->tls() && !stream_->peer().loopback && !config().allow_clear_text_logins;
}

auth::Origin Session::origin() const { return {.address_block = stream_->peer().address_block}; }

void Session::greet() {
  imap::write_untagged(buffer(), imap::Condition::ok, imap::code_capability(capabilities_of(*this)), "Roost ready.");
}

task<> Session::run() {
  greet();
  while (true) {
    Result<> done = co_await step_guarded();
    if (!done) break;
  }
  co_await finish();
}

// Exceptions of a command are caught by its dispatcher; whatever else throws costs this session only.
task<Result<>> Session::step_guarded() {
  try {
    if (mode_) co_return co_await mode_->step(*this);
    co_return co_await step();
  } catch (const std::exception& e) {
    log::error("session_fault", {{"user", user_}, {"what", e.what()}});
    co_return bye("fault", "Internal error.");
  }
}

task<Result<>> Session::step() {
  ROOST_CO_TRY(Event event, co_await next_event());
  switch (event) {
    case Event::literal: co_return co_await on_literal();
    case Event::chunk: co_return co_await on_append_octets();
    case Event::literal_end: co_return co_await on_append_message_end();
    case Event::command: co_return co_await on_command();
    case Event::error: co_return note_bad(imap::parse_head(input_.framer().frame()), input_.framer().error());
    case Event::fatal: co_return bye("bad_input", input_.framer().error().text);
    case Event::need_more: break;
  }
  co_return Result<>{};
}

task<Result<Event>> Session::next_event() {
  while (true) {
    Event event = input_.next();
    if (event != Event::need_more) co_return event;
    if (!charge_line()) co_return bye("too_busy", "The server is too busy for so long a command.");
    ROOST_CO_TRY_VOID(co_await more_input());
  }
}

// Long lines count as literals do; what everybody sends is not worth the counting.
bool Session::charge_line() {
  uint64_t bytes = input_.framer().frame().text.size();
  if (bytes <= kUnchargedLineBytes || bytes <= line_held_) return true;
  if (!held_.grow(bytes - line_held_)) return false;
  line_held_ = bytes;
  return true;
}

bool Session::between_commands() const {
  const wire::Frame& frame = input_.framer().frame();
  return frame.text.empty() && frame.literals.empty() && !append_;
}

task<Result<>> Session::more_input() {
  while (true) {
    if (watch_ && between_commands()) ROOST_CO_TRY_VOID(co_await watch_->tell_between_commands(*this));
    ROOST_CO_TRY_VOID(check_welcome());
    ROOST_CO_TRY(net::Ready ready, co_await park(time_left()));
    switch (ready) {
      case net::Ready::readable: co_return co_await input_.read(append_ != nullptr);
      case net::Ready::timed_out:
        if (account_) co_return bye("autologout", "Logged out for inactivity.");
        co_return bye("login_timeout", "Too slow to log in.");
      case net::Ready::closed: co_return closed();
      case net::Ready::woken: break;
    }
  }
}

Result<> Session::check_welcome() {
  if (services_.stopping) return bye("stopping", "The server is shutting down.");
  if (account_ && account_->retired()) return bye("account_removed", "The account was removed.");
  if (account_ && services_.revoked_passwords.contains(app_password_)) {
    return bye("app_password_removed", "The app password was removed.");
  }
  return {};
}

// Before the login one span for all of it; after it a new one for each wait.
Millis Session::time_left() const {
  if (account_) return config().autologout_ms;
  auto used = std::chrono::duration_cast<Millis>(stream_->loop().clock().now() - login_from_);
  return std::max(config().login_ms_max - used, Millis(0));
}

task<Result<Bytes>> Session::read_answer() {
  input_.framer().set_plain_lines(true);
  Result<Event> event = co_await next_event();
  input_.framer().set_plain_lines(false);
  if (!event) co_return std::unexpected(std::move(event).error());
  if (*event == Event::command) co_return std::move(input_.framer().frame().text);
  if (*event == Event::fatal) co_return bye("bad_input", input_.framer().error().text);
  co_return std::unexpected(input_.framer().error());
}

task<Result<net::Ready>> Session::park(Millis timeout) {
  ROOST_CO_TRY_VOID(co_await flush());
  output_.release();
  input_.release();
  net::Ready ready = co_await stream_->wait(timeout);
  batch_started_ = stream_->loop().clock().now();
  co_return ready;
}

bool Session::batch_due() const {
  if (output_.should_flush()) return true;
  return stream_->loop().clock().now() - batch_started_ > config().batch_ms_max;
}

task<Result<>> Session::next_batch() {
  ROOST_CO_TRY_VOID(co_await flush());
  co_await stream_->loop().yield();
  batch_started_ = stream_->loop().clock().now();
  co_return Result<>{};
}

[[gnu::noinline]] task<Result<>> Session::flush() {
  if (output_.empty()) co_return Result<>{};
  bytes_written_ += output_.size();
  Result<> written = co_await stream_->write(output_.view());
  output_.clear();
  co_return written;
}

Fail Session::bye(std::string_view reason, std::string_view text) {
  end_reason_ = reason;
  imap::write_untagged(buffer(), imap::Condition::bye, {}, text);
  return closed();
}

Fail Session::cut(std::string_view reason) {
  end_reason_ = reason;
  return closed();
}

namespace {

void log_login(const std::string& user, const auth::Login& login, const net::Stream& stream) {
  log::Field who("user", user);
  log::Field account("account", login.account.value);
  log::Field address("address", stream.peer().address);
  log::Field tls("tls", stream.tls() ? stream.tls()->version : std::string("none"));
  if (login.device.empty()) return log::info("login", {who, account, address, tls});
  log::info("login", {who, account, address, tls, {"app_password", login.device}});
}

}  // namespace

task<Result<>> Session::log_in(auth::Login login) {
  mail::Actor actor = mail::Actor::owned_by(login.name);
  ROOST_CO_TRY(account_, co_await services_.accounts.open_for(std::move(actor), login.account));
  // Most of what it will do is done there: each hop would cost two threads' waking.
  if (rt::Loop* home = accounts::home_of(*account_)) co_await net::move_to(*stream_, *home);
  user_ = std::move(login.name);
  read_only_ = login.read_only;
  app_password_ = login.app_password_id;
  input_.framer().set_limits(limits_after_login(config()));
  bad_in_a_row_ = 0;
  ++services_.stats.logged_in;
  ++services_.stats.logins_total;
  log_login(user_, login, *stream_);
  co_return Result<>{};
}

void Session::log_out() {
  watch_.reset();
  deselect();
  log::info("logout", {{"user", user_}, {"address", stream_->peer().address}});
  account_.reset();
  --services_.stats.logged_in;
  user_.clear();
  quota_warnings_ = {};
  modes_ = {};
  dialect_ = dialect_of_features();
  input_.framer().set_limits(limits_before_login(config()));
  login_from_ = stream_->loop().clock().now();
  login_commands_ = 0;
}

Result<> Session::note_failed_login(std::string_view user, const Error& error) {
  ++services_.stats.failed_logins_total;
  log::info("login_failed",
            {{"user", user}, {"address", stream_->peer().address}, {"code", imap::code_name(error.code)}});
  if (++failed_logins_ < config().login_failures_max) return {};
  return bye("login_failures", "Too many failed logins.");
}

namespace {

// Not on the session's path; nobody waits for it. If it fails, messages are recent once more.
task<> log_claim(accounts::AccountPtr account, RecentClaims& claims, MailboxId mailbox, Uid next) {
  Result<mail::OperationResult> logged = co_await account->execute(mail::ClaimRecent{mailbox, next});
  if (logged || logged.error().code == Code::nonexistent) claims.forget(account->id(), mailbox, next);
}

}  // namespace

void Session::deselect() {
  if (!selected_) return;
  MailboxId id = selected_->mailbox;
  accounts::AccountPtr account = std::move(selected_->account);
  selected_.reset();
  mail::SnapshotPtr snapshot = account->snapshot();
  auto mailbox = snapshot->find(id);
  Uid logged = mailbox ? mailbox->recent_uid() : Uid();
  auto next = services_.recent_claims.unlogged(account->id(), id, logged);
  if (next) rt::spawn(stream_->loop(), log_claim(std::move(account), services_.recent_claims, id, *next));
}

Rights Session::selected_rights() const {
  mail::SnapshotPtr snapshot = selected_->account->snapshot();
  auto mailbox = snapshot->find(selected_->mailbox);
  return mailbox ? selected_->account->rights(*mailbox) : Rights();
}

void Session::leave_mailbox() {
  if (!selected_) return;
  deselect();
  imap::write_untagged(buffer(), imap::Condition::ok, imap::kClosed, "Previous mailbox closed.");
}

// Not inlined, as others below: a frame that is merged into its caller's is memory that parked sessions hold.
[[gnu::noinline]] task<> Session::finish() {
  mode_.reset();
  watch_.reset();
  deselect();
  Result<> flushed = co_await flush();
  log::info("session_end",
            {{"user", user_},
             {"address", stream_->peer().address},
             {"reason", flushed ? end_reason_ : std::string_view("write_failed")},
             {"commands", commands_},
             {"bytes_in", input_.bytes_total()},
             {"bytes_out", bytes_written_},
             {"seconds", std::chrono::duration_cast<Seconds>(stream_->loop().clock().now() - started_).count()}});
  co_await stream_->close();
}

task<> serve(std::unique_ptr<net::Stream> stream, Services& services) {
  auto session = std::make_unique<Session>(std::move(stream), services);
  co_await session->run();
}

}  // namespace roost::imapd
