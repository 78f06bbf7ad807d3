// From a complete frame to its tagged reply: the checks, the handler, what is told, and the one place that catches
// exceptions.
#include <algorithm>
#include <exception>

#include "base/log.h"
#include "base/random.h"
#include "fmt/format.h"
#include "imapd/features.h"
#include "imapd/session.h"
#include "imapd/telling.h"

namespace roost::imapd {
namespace {

std::string_view wrong_state(State state) {
  switch (state) {
    case State::not_authenticated: return "Log in first.";
    case State::authenticated: return "No mailbox is selected, or the command comes too late.";
    case State::selected: return "Not while a mailbox is selected.";
  }
  return "Not now.";
}

// What a login that may only read can do; SELECT and UNSELECT included, which open nothing for writing then. Whatever
// is not named here changes something, or might.
constexpr imap::Verb kReading[] = {
    imap::Verb::capability, imap::Verb::check,      imap::Verb::close,       imap::Verb::compress,
    imap::Verb::enable,     imap::Verb::examine,    imap::Verb::fetch,       imap::Verb::getmetadata,
    imap::Verb::id,         imap::Verb::idle,       imap::Verb::list,        imap::Verb::logout,
    imap::Verb::lsub,       imap::Verb::myrights,   imap::Verb::namespace_,  imap::Verb::noop,
    imap::Verb::notify,     imap::Verb::search,     imap::Verb::select,      imap::Verb::sort,
    imap::Verb::status,     imap::Verb::thread,     imap::Verb::uid_fetch,   imap::Verb::uid_search,
    imap::Verb::uid_sort,   imap::Verb::uid_thread, imap::Verb::uid_batches, imap::Verb::unauthenticate,
    imap::Verb::unselect,   imap::Verb::xlist};

// What the client is shown of a fault, and what finds it in the log.
std::string new_fault_id() { return fmt::format("{:012x}", random_number() & 0xffff'ffff'ffff); }

// A command that failed on its way has told something, perhaps; so the rest is told, too. What is bad has done nothing.
bool is_told(Error::Kind kind) { return kind == Error::Kind::no || kind == Error::Kind::fault; }

// What these expunge is their answer, and no notification (RFC 9051 6.4.3, RFC 6851 3.3, RFC 8508 4).
bool expunges(imap::Verb verb) {
  using enum imap::Verb;
  return verb == expunge || verb == uid_expunge || verb == move || verb == uid_move || verb == replace ||
         verb == uid_replace;
}

// The parser's words quote what it found: that is for the client, and may be mail. The log gets what was expected.
std::string_view without_input(std::string_view why) { return why.substr(0, why.find(", found")); }

}  // namespace

Result<const CommandRow*> Session::allowed_row(const imap::Head& head) const {
  if (!head.verb) return bad("Unknown command.");
  const CommandRow* row = find_command(*head.verb);
  if (row == nullptr) return bad("Unknown command.");
  State now = state();
  if ((row->states & static_cast<uint8_t>(now)) == 0) return bad(std::string(wrong_state(now)));
  if (read_only_ && std::ranges::find(kReading, *head.verb) == std::end(kReading)) {
    return no(Code::no_perm, "This login may only read.");
  }
  return row;
}

// Null where the command was not understood, and that was answered.
Result<std::unique_ptr<imap::Command>> Session::parse(const imap::Head& head) {
  wire::Frame& frame = input_.framer().frame();
  auto command = append_ ? imap::finish_append(frame, append_->reader()) : imap::parse_command(frame, dialect_);
  if (command) return std::make_unique<imap::Command>(*std::move(command));
  forget_command();
  const Error& error = command.error().error;
  // RFC 9051 6.3.2: a SELECT that fails leaves nothing selected, also when the name alone is impossible.
  bool selects = head.verb == imap::Verb::select || head.verb == imap::Verb::examine;
  if (selects && error.kind == Error::Kind::no) leave_mailbox();
  ROOST_TRY_VOID(reject(head, error));
  return nullptr;
}

Result<> Session::next_command(const CommandRow*& row, std::unique_ptr<imap::Command>& command) {
  imap::Head head = imap::parse_head(input_.framer().frame());
  Result<const CommandRow*> allowed = allowed_row(head);
  if (!allowed) {
    forget_command();
    return reject(head, allowed.error());
  }
  row = *allowed;
  ROOST_TRY(command, parse(head));
  return {};
}

[[gnu::noinline]] task<Result<>> Session::on_command() {
  ++commands_;
  ++services_.stats.commands_total;
  if (!account_ && ++login_commands_ > config().login_commands_max) {
    co_return bye("login_commands", "Too many commands without a login.");
  }
  std::unique_ptr<imap::Command> command;
  const CommandRow* row = nullptr;
  ROOST_CO_TRY_VOID(next_command(row, command));
  if (!command) co_return Result<>{};
  bad_in_a_row_ = 0;
  Result<> executed = co_await execute(*row, *command);
  forget_command();
  if (executed && batch_due()) co_return co_await next_batch();
  co_return executed;
}

task<Result<>> Session::execute(const CommandRow& row, imap::Command& command) {
  running_tag_ = command.tag;
  Result<Completion> completion = no(Code::unavailable, "The server is too busy.");
  if (modes_.uid_only && imap::takes_numbers(row.verb)) {
    completion = uid_required();
  } else if (held_.grow(row.memory_bytes)) {
    completion = co_await run_guarded(row, command);
  }
  if (!completion) co_return reject({.tag = command.tag, .verb = row.verb}, completion.error());
  if (!completion->sent) {
    imap::write_tagged(buffer(), command.tag, completion->condition, completion->code, completion->text);
  }
  co_return Result<>{};
}

task<Result<>> Session::tell_after(const CommandRow& row, bool used_numbers) {
  Hazard hazard = used_numbers ? Hazard::uses : row.hazard;
  if (watch_) co_return co_await watch_->tell_after(*this, hazard, expunges(row.verb));
  if (selected_) co_return co_await tell(*this, hazard);
  co_return Result<>{};
}

// The one place where exceptions of a command end: they are defects, and cost this command only.
task<Result<Completion>> Session::run_guarded(const CommandRow& row, imap::Command& command) {
  try {
    Result<Completion> completion = co_await row.run(*this, command);
    bool answered = completion ? !completion->sent : is_told(completion.error().kind);
    if (!answered || row.hazard == Hazard::ignores) co_return completion;
    ROOST_CO_TRY_VOID(co_await tell_after(row, completion && completion->used_numbers));
    add_claim(*this, completion);
    co_return completion;
  } catch (const std::exception& e) {
    co_return fault(fmt::format("exception: {}", e.what()));
  }
}

Result<> Session::reject(const imap::Head& head, const Error& error) {
  imap::ResponseCode code = append_ ? append_->refusal_code() : imap::ResponseCode();
  if (error.kind == Error::Kind::bad) return note_bad(head, error);
  if (error.kind == Error::Kind::closed) return std::unexpected(error);
  if (error.kind == Error::Kind::fault) {
    write_fault(head.tag, head.verb.value_or(imap::Verb::noop), error);
  } else if (!code.empty()) {
    imap::write_tagged(buffer(), head.tag, imap::Condition::no, code, error.text);
  } else {
    imap::write_error(buffer(), head.tag, error);
  }
  return {};
}

Result<> Session::note_bad(const imap::Head& head, const Error& error) {
  forget_command();
  ++services_.stats.bad_commands_total;
  log::info("bad_command", {{"user", user_},
                            {"address", stream_->peer().address},
                            {"command", head.verb ? imap::verb_name(*head.verb) : "unknown"},
                            {"why", without_input(error.text)}});
  imap::write_error(buffer(), head.tag, error);
  uint32_t allowed = account_ ? config().bad_commands_max : config().login_bad_commands_max;
  if (++bad_in_a_row_ < allowed) return {};
  return bye("bad_commands", "Too many bad commands.");
}

void Session::write_fault(BytesView tag, imap::Verb verb, const Error& error) {
  std::string id = new_fault_id();
  log::error("fault", {{"id", id}, {"user", user_}, {"command", imap::verb_name(verb)}, {"what", error.text}});
  Code code = error.code == Code::none ? Code::server_bug : error.code;
  imap::write_tagged(buffer(), tag, imap::Condition::no, imap::code_of(code), "Internal error " + id + ".");
}

}  // namespace roost::imapd
