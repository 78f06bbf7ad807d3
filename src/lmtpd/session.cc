#include "lmtpd/session.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/random.h"
#include "lmtpd/dot_decoder.h"

namespace roost::lmtpd {
namespace {

constexpr size_t kReadBytes = 64 * 1024;
constexpr size_t kSkippedLineBytesMax = 1024 * 1024;  // of a line that is too long, before the connection ends

std::string random_id() { return fmt::format("{:016x}", random_number()); }

class Session {
 public:
  Session(std::unique_ptr<net::Stream> stream, Services& services) : stream_(std::move(stream)), services_(services) {}

  task<> run();

 private:
  // Parses and runs what was read of one command; false ends the session.
  task<Result<>> run_line(BytesView line);
  task<Result<>> run_command(Lhlo command);
  task<Result<>> run_command(MailFrom command);
  task<Result<>> run_command(RcptTo command);
  task<Result<>> run_command(Data command);
  task<Result<>> run_command(Bdat command);
  task<Result<>> run_command(Rset command);
  task<Result<>> run_command(Noop command);
  task<Result<>> run_command(Vrfy command);
  task<Result<>> run_command(Quit command);

  task<Result<std::string>> read_line();
  task<Result<>> fill();
  task<Result<>> park();
  Fail end_with(std::string_view last_words);
  task<Result<>> receive_dotted();
  task<Result<>> receive_chunk(uint64_t size);
  task<Result<>> answer_recipients();

  void reply(std::string_view text) {
    out_ += text;
    out_ += "\r\n";
  }
  void refuse(std::string_view text) {
    reply(text);
    ++bad_commands_;
  }
  task<Result<>> flush();
  void begin_delivery();
  task<> add_recipient(Recipient recipient);
  void reset();

  std::unique_ptr<net::Stream> stream_;
  Services& services_;
  Bytes in_;  // read and not yet used
  size_t used_ = 0;
  Bytes out_;  // replies of pipelined commands, sent together
  std::string client_;
  bool greeted_ = false;
  bool ending_ = false;
  bool receiving_ = false;  // in the middle of DATA or BDAT
  std::optional<MailFrom> mail_;
  std::vector<Recipient> recipients_;
  std::optional<Delivery> delivery_;
  uint32_t bad_commands_ = 0;
};

task<Result<>> Session::flush() {
  Bytes out = std::exchange(out_, {});
  if (out.empty()) co_return Result<>{};
  co_return co_await stream_->write(out);
}

Fail Session::end_with(std::string_view last_words) {
  reply(last_words);
  return closed();
}

// Until there is something to read.
task<Result<>> Session::park() {
  for (;;) {
    if (services_.stopping && !receiving_) co_return end_with("421 4.3.2 The server is shutting down");
    switch (co_await stream_->wait(services_.config.idle_ms_max)) {
      case net::Ready::readable: co_return Result<>{};
      case net::Ready::timed_out: co_return end_with("421 4.4.2 Idle for too long");
      case net::Ready::closed: co_return closed();
      case net::Ready::woken: break;
    }
  }
}

// More input, after what has been answered so far is on its way.
task<Result<>> Session::fill() {
  ROOST_CO_TRY_VOID(co_await flush());
  in_.erase(0, std::exchange(used_, 0));
  if (in_.empty()) in_ = Bytes();  // an idle connection holds no buffer
  ROOST_CO_TRY_VOID(co_await park());
  size_t before = in_.size();
  in_.resize(before + kReadBytes);
  std::span<char> room(in_.data() + before, kReadBytes);
  auto n = co_await stream_->read(room);
  in_.resize(before + n.value_or(0));
  if (!n) co_return Fail(n.error());
  co_return Result<>{};
}

task<Result<std::string>> Session::read_line() {
  size_t thrown_away = 0;
  for (;;) {
    size_t end = in_.find('\n', used_);
    if (end != Bytes::npos) {
      std::string line = in_.substr(used_, end - used_);
      used_ = end + 1;
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (thrown_away == 0 && line.size() <= kCommandLineBytesMax) co_return line;
      co_return bad("500 5.5.2 The line is too long");
    }
    if (in_.size() - used_ > kCommandLineBytesMax) {
      thrown_away += in_.size() - used_;
      used_ = in_.size();
    }
    if (thrown_away > kSkippedLineBytesMax) co_return end_with("421 5.5.2 The line does not end");
    ROOST_CO_TRY_VOID(co_await fill());
  }
}

void Session::reset() {
  receiving_ = false;
  mail_.reset();
  recipients_.clear();
  delivery_.reset();
}

void Session::begin_delivery() {
  Trace trace{mail_->reverse_path,        std::nullopt,    client_,     stream_->peer().address,
              services_.config.host_name, mail_->smtputf8, random_id(), services_.clock.wall()};
  delivery_.emplace(services_.accounts, services_.config, services_.clock, std::move(trace), recipients_);
}

task<Result<>> Session::run_command(Lhlo command) {
  reset();
  client_ = std::move(command.domain);
  greeted_ = true;
  reply(fmt::format("250-{}", services_.config.host_name));
  for (const char* extension : {"PIPELINING", "8BITMIME", "SMTPUTF8", "CHUNKING", "ENHANCEDSTATUSCODES"}) {
    reply(fmt::format("250-{}", extension));
  }
  reply(fmt::format("250 SIZE {}", services_.config.message_bytes_max));
  co_return Result<>{};
}

task<Result<>> Session::run_command(MailFrom command) {
  if (!greeted_) {
    refuse("503 5.5.1 Say LHLO first");
  } else if (mail_) {
    refuse("503 5.5.1 One MAIL at a time");
  } else if (command.size.value_or(0) > services_.config.message_bytes_max) {
    reply("552 5.3.4 The message is too large");
  } else {
    mail_ = std::move(command);
    reply("250 2.1.0 Sender ok");
  }
  co_return Result<>{};
}

task<Result<>> Session::run_command(RcptTo command) {
  if (!mail_ || delivery_) {
    refuse("503 5.5.1 MAIL comes first");
    co_return Result<>{};
  }
  if (recipients_.size() >= services_.config.recipients_max) {
    reply("452 4.5.3 Too many recipients");
    co_return Result<>{};
  }
  auto found = co_await find_recipient(services_.authenticator, services_.config, std::move(command.forward_path));
  if (!found) {
    reply("451 4.3.0 The user directory does not answer; try again later");
  } else if (!*found) {
    reply("550 5.1.1 There is no such user");
  } else {
    co_await add_recipient(**std::move(found));
  }
  co_return Result<>{};
}

task<> Session::add_recipient(Recipient recipient) {
  auto room = co_await check_room(services_.accounts, recipient.account, mail_->size.value_or(0));
  if (!room) {
    reply(reply_for(room.error(), services_.config));
    co_return;
  }
  recipients_.push_back(std::move(recipient));
  reply("250 2.1.5 Recipient ok");
}

task<Result<>> Session::run_command(Data) {
  if (delivery_) {
    refuse("503 5.5.1 DATA may not follow BDAT");
    co_return Result<>{};
  }
  if (recipients_.empty()) {
    // RFC 2033 4.2: with no valid recipient DATA fails.
    refuse(mail_ ? "503 5.5.1 There is no valid recipient" : "503 5.5.1 MAIL comes first");
    co_return Result<>{};
  }
  begin_delivery();
  reply("354 End with a dot on a line of its own");
  ROOST_CO_TRY_VOID(co_await receive_dotted());
  co_return co_await answer_recipients();
}

task<Result<>> Session::receive_dotted() {
  DotDecoder decoder;
  receiving_ = true;
  for (;;) {
    Bytes piece;
    used_ += decoder.decode(BytesView(in_).substr(used_), piece);
    if (!piece.empty()) co_await delivery_->write(std::move(piece));
    if (decoder.done()) break;
    ROOST_CO_TRY_VOID(co_await fill());
  }
  receiving_ = false;
  co_return Result<>{};
}

// RFC 3030 2: the octets come, whatever the answer will be.
task<Result<>> Session::run_command(Bdat command) {
  bool accepted = mail_ && !recipients_.empty();
  if (accepted && !delivery_) begin_delivery();
  receiving_ = true;
  ROOST_CO_TRY_VOID(co_await receive_chunk(command.size));
  receiving_ = accepted && !command.last;  // the next chunk is still the same message
  if (!accepted) {
    refuse(mail_ ? "503 5.5.1 There is no valid recipient" : "503 5.5.1 MAIL comes first");
    co_return Result<>{};
  }
  if (command.last) co_return co_await answer_recipients();
  reply(fmt::format("250 2.0.0 {} octets received", command.size));
  co_return Result<>{};
}

task<Result<>> Session::receive_chunk(uint64_t size) {
  for (;;) {
    size_t here = static_cast<size_t>(std::min<uint64_t>(size, in_.size() - used_));
    if (here > 0 && delivery_) co_await delivery_->write(in_.substr(used_, here));
    used_ += here;
    size -= here;
    if (size == 0) co_return Result<>{};
    ROOST_CO_TRY_VOID(co_await fill());
  }
}

// RFC 2033 4.2: one reply for each recipient that was accepted, in their order.
task<Result<>> Session::answer_recipients() {
  for (const std::string& answer : co_await delivery_->finish()) reply(answer);
  reset();
  co_return Result<>{};
}

task<Result<>> Session::run_command(Rset) {
  reset();
  reply("250 2.0.0 Reset");
  co_return Result<>{};
}

task<Result<>> Session::run_command(Noop) {
  reply("250 2.0.0 Ok");
  co_return Result<>{};
}

task<Result<>> Session::run_command(Vrfy) {
  reply("252 2.5.0 Try RCPT");
  co_return Result<>{};
}

task<Result<>> Session::run_command(Quit) {
  reply("221 2.0.0 Bye");
  ending_ = true;
  co_return Result<>{};
}

task<Result<>> Session::run_line(BytesView line) {
  auto command = parse_command(line);
  if (!command) {
    refuse(command.error().text);
    co_return Result<>{};
  }
  co_return co_await std::visit([this](auto& c) { return run_command(std::move(c)); }, *command);
}

task<> Session::run() {
  reply(fmt::format("220 {} LMTP Roost ready", services_.config.host_name));
  while (!ending_) {
    auto line = co_await read_line();
    if (!line && line.error().kind == Error::Kind::closed) break;
    if (line) {
      auto ran = co_await run_line(*line);
      if (!ran) break;
    } else {
      refuse(line.error().text);
    }
    if (bad_commands_ > services_.config.bad_commands_max) {
      reply("421 4.7.0 Too many mistakes");
      break;
    }
  }
  (void)co_await flush();
  co_await stream_->close();
}

}  // namespace

task<> serve(std::unique_ptr<net::Stream> stream, Services& services) {
  Session session(std::move(stream), services);
  try {
    co_await session.run();
  } catch (const std::exception& e) {
    log::error("lmtp_defect", {{"what", e.what()}});
  }
}

}  // namespace roost::lmtpd
