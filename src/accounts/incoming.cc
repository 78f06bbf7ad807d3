#include "accounts/incoming.h"

#include <optional>
#include <utility>

#include "accounts/random.h"
#include "message/card.h"

namespace roost::accounts {
namespace {

// RFC 8474 5.2: messages that name the same first message are of one thread, and so is that one, in whatever mailbox
// they are. None for a message that names nothing, not even itself.
std::optional<ObjectId> thread_of(BytesView encoded_card) {
  Result<message::CardView> card = message::CardView::open(encoded_card);
  if (!card) return {};
  Result<message::ThreadKeys> keys = card->thread_keys();
  if (!keys) return {};
  uint64_t root = keys->references.empty() ? keys->message_id : keys->references.front();
  if (root == 0) return {};
  ObjectId id;
  for (size_t i = 0; i < sizeof root; ++i) id.bytes[i] = static_cast<uint8_t>(root >> (8 * i));
  return id;
}

}  // namespace

Incoming::Incoming(std::shared_ptr<OpenAccount> account, uint64_t size_max)
    : account_(std::move(account)), size_max_(size_max), parser_(*account_->environment().guard) {}

Result<> Incoming::count(size_t bytes) {
  if (!state_) return state_;
  size_ += bytes;
  if (size_ > size_max_) state_ = no(Code::too_big, "The message is too big.");
  return state_;
}

task<Result<>> Incoming::write_trace(Bytes piece) {
  ROOST_CO_TRY_VOID(count(piece.size()));
  parser_.feed_trace(piece);
  co_return co_await keep(std::move(piece));
}

task<Result<>> Incoming::write(Bytes piece) {
  ROOST_CO_TRY_VOID(count(piece.size()));
  if (piece.size() > kLoopStepBytesMax) {
    co_await account_->environment().pool.run([this, &piece] {
      parser_.feed(piece);
      return true;
    });
  } else {
    parser_.feed(piece);
  }
  co_return co_await keep(std::move(piece));
}

task<Result<>> Incoming::keep(Bytes piece) {
  if (writer_) {
    state_ = co_await writer_->write(std::move(piece));
    co_return state_;
  }
  if (body_.empty()) {
    body_ = std::move(piece);
  } else {
    body_.append(piece);
  }
  if (body_.size() > account_->environment().config.inline_body_bytes_max) state_ = co_await move_to_store();
  co_return state_;
}

task<Result<>> Incoming::move_to_store() {
  ROOST_CO_TRY(blob_, co_await account_->reserve_blob());
  Environment& env = account_->environment();
  auto writer = co_await env.store.create_blob(blob_, size_max_);
  bool no_room = !writer && writer.error().code == Code::limit;
  if (no_room && co_await env.make_room()) writer = co_await env.store.create_blob(blob_, size_max_);
  if (!writer) co_return Fail(writer.error());
  writer_ = *std::move(writer);
  co_return co_await writer_->write(std::exchange(body_, Bytes()));
}

task<Result<mail::NewMessage>> Incoming::finish() {
  ROOST_CO_TRY_VOID(state_);
  state_ = fault("an upload finished twice");
  if (writer_) {
    OpenAccount::Storing storing(*account_);
    ROOST_CO_TRY_VOID(storing.allowed());
    ROOST_CO_TRY_VOID(co_await writer_->finish());
    ROOST_CO_TRY_VOID(co_await account_->confirm_blob(blob_));
  }
  mail::NewMessage message;
  message.size = size_;
  message.card = std::make_shared<const Bytes>(parser_.finish());
  message.email_id = random_object_id();
  message.thread_id = thread_of(*message.card).value_or(random_object_id());
  if (writer_) {
    message.blob = blob_;
  } else {
    body_.shrink_to_fit();
    message.body = std::make_shared<const Bytes>(std::move(body_));
  }
  co_return message;
}

}  // namespace roost::accounts
