// Which literals are accepted. Everything that can be said against a command is said before its octets are sent, and
// the octets of a refused literal are never taken for a command (RFC 9051 4.3, RFC 7888).
#include "imapd/features.h"
#include "imapd/session.h"

namespace roost::imapd {

using Refusal = wire::Framer::Refusal;

namespace {

inline constexpr uint64_t kLiteralMinusBytesMax = 4096;  // RFC 7888 5; APPEND says [TOOBIG]

}  // namespace

[[gnu::noinline]] task<Result<>> Session::on_literal() {
  imap::Head head = imap::parse_head(input_.framer().frame());
  Result<const CommandRow*> row = allowed_row(head);
  if (!row) co_return refuse_literal(row.error());
  // RFC 9051 6.2.3: a password that may not cross the network in clear is not asked for.
  if ((*row)->verb == imap::Verb::login && is_clear_text()) {
    co_return refuse_literal(no(Code::privacy_required, "LOGIN is not allowed in clear: use TLS.").error());
  }
  const wire::Literal& literal = input_.framer().announced();
  if (config().literal_minus && !literal.synchronizing && literal.size > kLiteralMinusBytesMax) {
    Error error = bad("LITERAL- allows 4096 octets without waiting.").error();
    if (imap::is_append((*row)->verb)) error.code = Code::too_big;
    co_return refuse_literal(error);
  }
  if (imap::is_append((*row)->verb)) co_return co_await accept_append_literal();
  Result<> fits = check_held_literal(**row);
  if (!fits && fits.error().code == Code::limit && (*row)->too_large != nullptr) co_return refuse_too_large(**row);
  if (!fits) co_return refuse_literal(fits.error());
  input_.framer().hold();
  if (literal.synchronizing) imap::write_continuation(buffer());
  co_return Result<>{};
}

Result<> Session::check_held_literal(const CommandRow& row) {
  uint64_t size = input_.framer().announced().size;
  uint64_t total = 0;
  for (const wire::Literal& literal : input_.framer().frame().literals) {
    // Sizes are below 2^63: two of them cannot wrap around.
    if (total + literal.size > row.literal_bytes_max) return no(Code::limit, "The literal is too large.");
    total += literal.size;
  }
  if (!held_.grow(size)) return no(Code::unavailable, "The server is too busy for a literal of this size.");
  return {};
}

AppendIntake& Session::append_intake() {
  if (!append_) append_ = std::make_unique<AppendIntake>(*this);
  return *append_;
}

task<Result<>> Session::accept_append_literal() {
  Result<imap::AppendReader::Use> use = co_await append_intake().announce(input_.framer().frame());
  if (!use) co_return refuse_literal(use.error());
  bool synchronizing = input_.framer().announced().synchronizing;
  if (*use == imap::AppendReader::Use::message) {
    input_.framer().stream();
  } else {
    input_.framer().hold();
  }
  if (synchronizing) imap::write_continuation(buffer());
  co_return Result<>{};
}

Result<> Session::refuse_literal(const Error& error) {
  imap::Head head = imap::parse_head(input_.framer().frame());
  Refusal refusal = input_.framer().refuse(input_.rest());
  Result<> replied = reject(head, error);
  forget_command();
  if (!replied || refusal != Refusal::close) return replied;
  return bye("literal_too_large", "The refused literal is too large to skip.");
}

Result<> Session::refuse_too_large(const CommandRow& row) {
  imap::Head head = imap::parse_head(input_.framer().frame());
  Refusal refusal = input_.framer().refuse(input_.rest());
  forget_command();
  imap::write_tagged(buffer(), head.tag, imap::Condition::no, row.too_large(*this), "The literal is too large.");
  if (refusal != Refusal::close) return {};
  return bye("literal_too_large", "The refused literal is too large to skip.");
}

[[gnu::noinline]] task<Result<>> Session::on_append_octets() {
  Result<> written = co_await append_->octets(Bytes(input_.framer().chunk()));
  if (written) co_return Result<>{};
  imap::Head head = imap::parse_head(input_.framer().frame());
  input_.framer().abandon();
  forget_command();
  co_return reject(head, written.error());
}

[[gnu::noinline]] task<Result<>> Session::on_append_message_end() {
  Result<> ended = co_await append_->end_literal();
  if (ended) co_return Result<>{};
  imap::Head head = imap::parse_head(input_.framer().frame());
  input_.framer().abandon();
  forget_command();
  co_return reject(head, ended.error());
}

void Session::forget_command() {
  append_.reset();
  held_.release();
  line_held_ = 0;
}

}  // namespace roost::imapd
