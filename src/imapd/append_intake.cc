#include "imapd/append_intake.h"

#include <variant>

namespace roost::imapd {

using Use = imap::AppendReader::Use;

Result<> AppendIntake::check_message(const imap::Append& append) const {
  mail::SnapshotPtr snapshot = account_.snapshot();
  auto mailbox = snapshot->find(append.mailbox);
  if (!mailbox || mailbox->noselect()) return no(Code::try_create, "No such mailbox.");
  if (append.messages.size() > config_.append_messages_max) return no(Code::limit, "Too many messages at once.");
  uint64_t size = append.messages.back().size;
  if (size > message_bytes_max_) return no(Code::too_big, "The message is too large.");
  // RFC 3502 6.3.11 takes it for a wish to give up; others send it by mistake.
  if (size == 0) return no(Code::cannot, "An empty message cannot be appended.");
  return {};
}

task<Result<Use>> AppendIntake::announce(const wire::Frame& frame) {
  ROOST_CO_TRY(Use use, reader_.at_literal(frame));
  if (use == Use::string) {
    if (frame.literals.back().size > config_.login_line_bytes_max) co_return no(Code::limit, "The name is too long.");
    co_return use;
  }
  ROOST_CO_TRY_VOID(check_message(reader_.append()));
  ROOST_CO_TRY(upload_, co_await account_.upload(reader_.append().messages.back().size));
  co_return use;
}

task<Result<>> AppendIntake::octets(Bytes piece) { co_return co_await upload_->write(std::move(piece)); }

task<Result<>> AppendIntake::end_message() {
  ROOST_CO_TRY(mail::NewMessage message, co_await upload_->finish());
  upload_.reset();
  uint64_t bytes = (message.body ? message.body->size() : 0) + (message.card ? message.card->size() : 0);
  if (held_.bytes() + bytes > config_.append_held_bytes_max) co_return no(Code::limit, "Too much at once.");
  if (!held_.grow(bytes)) co_return no(Code::unavailable, "The server is too busy for this much.");
  messages_.push_back(std::move(message));
  co_return Result<>{};
}

}  // namespace roost::imapd
