// LOGIN (RFC 9051 6.2.3). Never in clear, unless the configuration or a loopback address allows it.
#include "imap/response.h"
#include "imapd/features.h"
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

inline constexpr uint64_t kLoginLiteralBytesMax = auth::kNameBytesMax + auth::kPasswordBytesMax;

bool is_login_disabled(const Session& session) {
  return session.is_clear_text() || !session.services().authenticator.policy().plain;
}

task<Result<Completion>> run_login(Session& session, imap::Command& command) {
  auto& login = std::get<imap::Login>(command.body);
  auth::Secret password(std::move(login.password));
  session.input().wipe_command();
  if (is_login_disabled(session)) co_return no(Code::privacy_required, "LOGIN is not allowed in clear: use TLS.");
  Result<auth::Login> who =
      co_await session.services().authenticator.check_password(login.user, std::move(password), session.origin());
  if (!who) {
    ROOST_CO_TRY_VOID(session.note_failed_login(login.user, who.error()));
    co_return std::unexpected(std::move(who).error());
  }
  ROOST_CO_TRY_VOID(co_await session.log_in(*std::move(who)));
  co_return done(imap::code_capability(capabilities_of(session)), "Logged in.");
}

constexpr Capability kCapabilities[] = {{"LOGINDISABLED", kNotAuthenticated, is_login_disabled}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::login, kNotAuthenticated, Hazard::ignores, kLoginLiteralBytesMax, kSmallCommandBytes, run_login},
};

}  // namespace

constinit const Feature kLogin = {.name = "login", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
