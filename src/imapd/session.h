// One connection's conversation: read, frame, parse, check, dispatch, write. A table and a loop; what a command does is
// in features/, what is told of changes in telling.cc, which literals are accepted in literal.cc.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "accounts/accounts.h"
#include "auth/authenticator.h"
#include "base/result.h"
#include "imap/command.h"
#include "imap/dialect.h"
#include "imapd/append_intake.h"
#include "imapd/feature.h"
#include "imapd/input.h"
#include "imapd/memory_budget.h"
#include "imapd/modes.h"
#include "imapd/server.h"
#include "imapd/view.h"
#include "net/stream.h"
#include "wire/output.h"

namespace roost::imapd {

// What a session does in place of reading commands until it leaves the mode again: IDLE.
class Mode {
 public:
  virtual ~Mode() = default;
  // Called again and again; Error::closed ends the session.
  virtual task<Result<>> step(Session& session) = 0;
};

// What a session is told of beside what its commands bring: ENABLE METADATA, NOTIFY (features/watching.h).
class Watch {
 public:
  virtual ~Watch() = default;
  // After a command and within IDLE, in place of tell(). `expunges`: the command's own, so they are told in any case.
  virtual task<Result<>> tell_after(Session& session, Hazard hazard, bool expunges) = 0;
  // While the session waits for a command.
  virtual task<Result<>> tell_between_commands(Session& session) = 0;
};

// What was said of the quota, once for each login (RFC 9208 4.3.1).
struct QuotaWarnings {
  bool select_told = false;  // with SELECT
  bool soft_told = false;    // with a command that added messages
};

// Belongs to its stream's loop. While it waits for its client it holds no snapshot and no buffer.
class Session {
 public:
  Session(std::unique_ptr<net::Stream> stream, Services& services);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  task<> run();

  // --- what features work with ---
  Services& services() { return services_; }
  const Services& services() const { return services_; }
  const ImapdConfig& config() const { return services_.config; }
  net::Stream& stream() { return *stream_; }
  const net::Stream& stream() const { return *stream_; }
  Input& input() { return input_; }
  imap::Dialect& dialect() { return dialect_; }
  const imap::Dialect& dialect() const { return dialect_; }
  Modes& modes() { return modes_; }
  const Modes& modes() const { return modes_; }

  State state() const;
  // Whoever logged in (ANONYMOUS) may change nothing.
  bool is_read_only() const { return read_only_; }
  // The user's own. Logged in only.
  accounts::Account& account() { return *account_; }
  const accounts::Account& account() const { return *account_; }
  const accounts::AccountPtr& account_ptr() const { return account_; }
  // Canonical login name.
  const std::string& user() const { return user_; }
  // That of the selected mailbox, which may be another user's; only while one is selected.
  accounts::Account& selected_account() { return *selected_->account; }
  // What the user may do with the selected mailbox, by the newest state; nothing where it is gone.
  Rights selected_rights() const;
  QuotaWarnings& quota_warnings() { return quota_warnings_; }
  // Null while nothing is selected.
  Selected* selected() { return selected_ ? &*selected_ : nullptr; }
  void select(Selected selected) { selected_ = std::move(selected); }
  // For SELECT: deselects what is selected, if anything is, and says so (RFC 9051 6.3.2).
  void leave_mailbox();
  // Logs the \Recent claims of the mailbox that is left, in the background.
  void deselect();

  // Responses gather here; they leave when the session waits for input, or batch by batch.
  Bytes& buffer() { return output_.buffer(); }
  // 256 KiB are there, or this session has had its 2 ms. Cheap enough to ask every few messages.
  bool batch_due() const;
  // Writes the batch, which waits for a slow reader, and lets other sessions run.
  task<Result<>> next_batch();
  task<Result<>> flush();

  // For commands that talk back (AUTHENTICATE): the client's next line, which is no command.
  task<Result<Bytes>> read_answer();
  // Null until the client asks for something that needs one.
  Watch* watch() { return watch_.get(); }
  void set_watch(std::unique_ptr<Watch> watch) { watch_ = std::move(watch); }
  void enter_mode(std::unique_ptr<Mode> mode) { mode_ = std::move(mode); }
  void leave_mode() { mode_.reset(); }
  // Writes what there is, gives up the buffers and waits.
  task<Result<net::Ready>> park(Millis timeout);
  // Ended with BYE where the server is stopping, the account is being deleted, or the app password was removed: asked
  // before every wait.
  Result<> check_welcome();
  // Writes BYE; the caller returns the error, which ends the session. `reason` is a constant word for the log.
  Fail bye(std::string_view reason, std::string_view text);
  // The same where nothing more can be said: in the middle of a literal.
  Fail cut(std::string_view reason);

  // Passwords would cross the network in clear here, and that is not allowed.
  bool is_clear_text() const;
  auth::Origin origin() const;
  task<Result<>> log_in(auth::Login login);
  // Everything is as it was before the login, but for TLS and the count of failed logins (RFC 8437 3). Says nothing.
  void log_out();
  // Counts, logs and, after too many, ends the session.
  Result<> note_failed_login(std::string_view user, const Error& error);

  // Of the command that runs.
  BytesView running_tag() const { return running_tag_; }
  // Of the APPEND or REPLACE that is being read or dispatched.
  AppendIntake& append_intake();

 private:
  void greet();
  task<Result<>> step_guarded();
  // One event of the framer, dealt with.
  task<Result<>> step();
  task<Result<wire::Framer::Event>> next_event();
  task<Result<>> more_input();
  bool between_commands() const;
  bool charge_line();
  Millis time_left() const;
  task<> finish();

  // literal.cc
  task<Result<>> on_literal();
  task<Result<>> accept_append_literal();
  Result<> check_held_literal(const CommandRow& row);
  Result<> refuse_literal(const Error& error);
  Result<> refuse_too_large(const CommandRow& row);
  task<Result<>> on_append_octets();
  task<Result<>> on_append_message_end();
  void forget_command();

  // dispatch.cc
  Result<const CommandRow*> allowed_row(const imap::Head& head) const;
  task<Result<>> on_command();
  Result<> next_command(const CommandRow*& row, std::unique_ptr<imap::Command>& command);
  Result<std::unique_ptr<imap::Command>> parse(const imap::Head& head);
  task<Result<>> execute(const CommandRow& row, imap::Command& command);
  task<Result<>> tell_after(const CommandRow& row, bool used_numbers);
  task<Result<Completion>> run_guarded(const CommandRow& row, imap::Command& command);
  Result<> reject(const imap::Head& head, const Error& error);
  Result<> note_bad(const imap::Head& head, const Error& error);
  void write_fault(BytesView tag, imap::Verb verb, const Error& error);

  std::unique_ptr<net::Stream> stream_;
  Services& services_;
  Input input_;
  wire::OutputBuffer output_;
  imap::Dialect dialect_;
  Modes modes_;
  accounts::AccountPtr account_;
  std::optional<Selected> selected_;
  std::unique_ptr<AppendIntake> append_;
  std::unique_ptr<Watch> watch_;
  std::unique_ptr<Mode> mode_;  // with watch_, destroyed before the account and the stream, which it uses
  Reservation held_;            // literals and long lines of the command that is being read
  uint64_t line_held_ = 0;      // of them, lines
  BytesView running_tag_;
  std::string user_;
  bool read_only_ = false;
  uint64_t app_password_ = 0;  // auth::Login::app_password_id
  QuotaWarnings quota_warnings_;
  std::string_view end_reason_ = "closed";
  TimePoint started_;
  TimePoint login_from_;  // from here on a login is waited for
  TimePoint batch_started_;
  uint64_t bytes_written_ = 0;
  uint32_t commands_ = 0;
  uint32_t login_commands_ = 0;  // of them, before the login
  uint32_t bad_in_a_row_ = 0;
  uint32_t failed_logins_ = 0;
};

}  // namespace roost::imapd
