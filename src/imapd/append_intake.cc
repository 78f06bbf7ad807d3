#include "imapd/append_intake.h"

#include <algorithm>

#include "imapd/features/replace.h"
#include "imapd/features/url_part.h"
#include "imapd/session.h"

namespace roost::imapd {

using Use = imap::AppendReader::Use;

AppendIntake::AppendIntake(Session& session)
    : session_(session), reader_(session.dialect()), held_(session.services().memory) {}

imap::ResponseCode AppendIntake::refusal_code() const {
  if (over_limit_) return imap::code_message_limit(session_.config().messages_made_max(), std::nullopt);
  return bad_url_.empty() ? imap::ResponseCode() : imap::code_bad_url(bad_url_);
}

task<Result<>> AppendIntake::find_target(Bytes mailbox) {
  if (place_) co_return Result<>{};
  Result<Place> place = co_await find_place(session_, std::move(mailbox));
  if (!place && place.error().code == Code::nonexistent) co_return no_such_mailbox(Code::try_create);
  ROOST_CO_TRY(place_, std::move(place));
  co_return Result<>{};
}

task<Result<Use>> AppendIntake::announce(const wire::Frame& frame) {
  ROOST_CO_TRY(Use use, reader_.at_literal(frame));
  uint64_t size = frame.literals.back().size;
  if (use == Use::string) {
    if (size > session_.config().login_line_bytes_max) co_return no(Code::limit, "The name is too long.");
    co_return use;
  }
  ROOST_CO_TRY_VOID(co_await advance(reader_.append()));
  bool alone = !reader_.append().messages.back().catenated;
  // RFC 3502 6.3.11 takes it for a wish to give up; others send it by mistake.
  if (alone && size == 0) co_return no(Code::cannot, "An empty message cannot be appended.");
  ROOST_CO_TRY_VOID(co_await begin_part(reader_.append(), size));
  co_return use;
}

task<Result<>> AppendIntake::octets(Bytes piece) { co_return co_await upload_->write(std::move(piece)); }

task<Result<>> AppendIntake::end_literal() {
  ++part_;
  co_return co_await advance(reader_.append());
}

task<Result<std::vector<mail::NewMessage>>> AppendIntake::finish(const imap::Append& append) {
  ROOST_CO_TRY_VOID(co_await advance(append));
  if (messages_.size() != append.messages.size()) co_return fault("APPEND lost a message");
  co_return std::move(messages_);
}

// Takes all that is known, up to the literal whose octets are still to come.
task<Result<>> AppendIntake::advance(const imap::Append& append) {
  while (messages_.size() < append.messages.size()) {
    const imap::AppendMessage& message = append.messages[messages_.size()];
    for (; part_ < message.parts.size(); ++part_) {
      const imap::AppendPart& part = message.parts[part_];
      if (!part.url) co_return Result<>{};
      ROOST_CO_TRY_VOID(co_await take_url(append, *part.url));
    }
    if (!message.complete) co_return Result<>{};
    ROOST_CO_TRY_VOID(co_await end_message());
  }
  co_return Result<>{};
}

Result<> AppendIntake::check_mailbox() {
  mail::SnapshotPtr snapshot = place_->account->snapshot();
  ROOST_TRY_VOID(mailbox_with(*place_->account, *snapshot, place_->name, Right::insert, Code::try_create));
  uint32_t made_max = session_.config().messages_made_max();
  over_limit_ = made_max != 0 && messages_.size() >= made_max;
  if (over_limit_ || messages_.size() >= session_.config().append_messages_max)
    return no(Code::limit, "Too many messages at once.");
  return {};
}

// As far as is known by now. What REPLACE replaces makes room as well, so there the planner alone decides.
Result<> AppendIntake::check_quota() const {
  mail::SnapshotPtr snapshot = place_->account->snapshot();
  mail::QuotaUsage added{.bytes = finished_bytes_ + message_bytes_, .messages = messages_.size() + 1};
  return mail::check_quota(snapshot->quota(session_.services().accounts.config().limits.quota), snapshot->usage(),
                           added);
}

task<Result<>> AppendIntake::begin_part(const imap::Append& append, uint64_t size) {
  if (!upload_) ROOST_CO_TRY_VOID(co_await begin_message(append));
  uint64_t size_max = session_.services().accounts.config().message_bytes_max;
  if (size > size_max - message_bytes_) co_return no(Code::too_big, "The message is too large.");
  message_bytes_ += size;
  if (append.replaces) co_return Result<>{};
  co_return check_quota();
}

task<Result<>> AppendIntake::begin_message(const imap::Append& append) {
  bool known = append.uid || !session_.modes().uid_only;  // UIDONLY's refusal is the dispatcher's
  if (append.replaces && known) {
    ROOST_CO_TRY_VOID(co_await find_replaced(session_, *append.replaces, append.uid));
  }
  ROOST_CO_TRY_VOID(co_await find_target(append.mailbox));
  ROOST_CO_TRY_VOID(check_mailbox());
  message_bytes_ = 0;
  ROOST_CO_TRY(upload_, co_await place_->account->upload(session_.services().accounts.config().message_bytes_max));
  co_return Result<>{};
}

task<Result<>> AppendIntake::take_url(const imap::Append& append, Bytes url) {
  Result<UrlPart> part = co_await find_url_part(session_, url);
  if (!part) {
    if (part.error().kind == Error::Kind::no) bad_url_ = std::move(url);
    co_return std::unexpected(std::move(part).error());
  }
  uint64_t size = part->octets ? part->octets->size() : part->range.size;
  ROOST_CO_TRY_VOID(co_await begin_part(append, size));
  // A URL is shorter than what it names: many of them would fill a disk by one command.
  catenated_bytes_ += size;
  if (catenated_bytes_ > session_.config().catenated_bytes_max) co_return no(Code::limit, "Too much at once.");
  if (part->octets) co_return co_await upload_->write(*std::move(part->octets));
  co_return co_await copy_range(part->account, part->blob, part->range.offset, size);
}

// Read, written, read: never more than one piece in memory.
task<Result<>> AppendIntake::copy_range(accounts::AccountPtr account, BlobId blob, uint64_t offset, uint64_t size) {
  uint64_t piece_bytes = session_.config().body_piece_bytes;
  for (uint64_t at = 0; at < size; at += piece_bytes) {
    store::Range range{.offset = offset + at, .size = std::min(piece_bytes, size - at)};
    ROOST_CO_TRY(Bytes piece, co_await account->body(blob, range));
    if (piece.size() != range.size) co_return fault("a body is shorter than its row says", Code::corruption);
    ROOST_CO_TRY_VOID(co_await upload_->write(std::move(piece)));
  }
  co_return Result<>{};
}

task<Result<>> AppendIntake::end_message() {
  if (message_bytes_ == 0) co_return no(Code::cannot, "An empty message cannot be appended.");
  ROOST_CO_TRY(mail::NewMessage message, co_await upload_->finish());
  finished_bytes_ += message_bytes_;
  upload_.reset();
  part_ = 0;
  uint64_t bytes = (message.body ? message.body->size() : 0) + (message.card ? message.card->size() : 0);
  if (held_.bytes() + bytes > session_.config().append_held_bytes_max) co_return no(Code::limit, "Too much at once.");
  if (!held_.grow(bytes)) co_return no(Code::unavailable, "The server is too busy for this much.");
  messages_.push_back(std::move(message));
  co_return Result<>{};
}

}  // namespace roost::imapd
