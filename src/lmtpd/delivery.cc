#include "lmtpd/delivery.h"

#include <fmt/format.h>

#include "base/log.h"
#include "rt/gather.h"

namespace roost::lmtpd {

// What may pass is 4xx, so that the sender tries again; what will not is 5xx.
std::string reply_for(const Error& error, const LmtpConfig& config) {
  switch (error.code) {
    case Code::over_quota:
      return config.over_quota_is_final ? "552 5.2.2 The mailbox is full" : "452 4.2.2 The mailbox is full";
    case Code::limit: return "452 4.3.1 The disk is full, or a limit of the mailbox is reached";
    case Code::too_big: return "552 5.3.4 The message is too large";
    case Code::nonexistent:
    case Code::try_create: return "550 5.1.1 The mailbox is gone";
    case Code::no_perm: return "550 5.7.1 Not permitted";
    default: break;
  }
  return "451 4.3.0 Not stored; try again later";
}

Delivery::Delivery(accounts::Accounts& accounts, const LmtpConfig& config, const Clock& clock, Trace trace,
                   std::vector<Recipient> recipients)
    : accounts_(accounts),
      config_(config),
      clock_(clock),
      trace_(std::move(trace)),
      recipients_(std::move(recipients)) {
  if (recipients_.size() == 1) trace_.delivered_to = recipients_.front().address;
}

task<> Delivery::write(Bytes piece) {
  size_ += piece.size();
  if (!state_) co_return;
  if (size_ > config_.message_bytes_max) {
    state_ = no(Code::too_big, "too large");
    large_.reset();
    small_ = {};
    co_return;
  }
  if (large_ == nullptr && size_ <= config_.shared_body_bytes_min) {
    small_ += piece;
    co_return;
  }
  state_ = co_await stream(std::move(piece));
}

// Begins the upload when the message has outgrown memory.
task<Result<>> Delivery::stream(Bytes piece) {
  if (large_ == nullptr) {
    Bytes so_far = std::exchange(small_, {});
    ROOST_CO_TRY_VOID(co_await begin_upload());
    ROOST_CO_TRY_VOID(co_await large_->write(std::move(so_far)));
  }
  co_return co_await large_->write(std::move(piece));
}

// RFC 2033 4.2: an account that cannot be opened fails its own recipient only.
task<Result<>> Delivery::begin_upload() {
  Bytes trace = write_trace(trace_);
  Result<accounts::AccountPtr> account = no(Code::nonexistent, "no recipient");
  for (carrier_ = 0; carrier_ < recipients_.size(); ++carrier_) {
    account = co_await accounts_.open(recipients_[carrier_].account);
    if (account) break;
  }
  ROOST_CO_TRY(carrier_account_, std::move(account));
  ROOST_CO_TRY(large_, co_await carrier_account_->upload(config_.message_bytes_max + trace.size()));
  co_return co_await large_->write_trace(std::move(trace));
}

task<std::vector<std::string>> Delivery::finish() {
  if (state_ && large_ != nullptr) {
    shared_ = co_await large_->finish();
    if (!shared_) state_ = Fail(shared_.error());
  }
  std::vector<task<std::string>> work;
  for (size_t i = 0; i < recipients_.size(); ++i) work.push_back(deliver_one(i));
  co_return co_await rt::gather(std::move(work));
}

task<Result<mail::NewMessage>> Delivery::receive_whole(size_t index) {
  Trace trace = trace_;
  trace.delivered_to = recipients_[index].address;
  Bytes head = write_trace(trace);
  Bytes body = small_;
  ROOST_CO_TRY(auto account, co_await accounts_.open(recipients_[index].account));
  ROOST_CO_TRY(auto upload, co_await account->upload(head.size() + body.size()));
  ROOST_CO_TRY_VOID(co_await upload->write_trace(std::move(head)));
  ROOST_CO_TRY_VOID(co_await upload->write(std::move(body)));
  co_return co_await upload->finish();
}

task<Result<mail::Appended>> Delivery::append_to(size_t index, mail::NewMessage message) {
  ROOST_CO_TRY(auto account, co_await accounts_.open(recipients_[index].account));
  message.internal_date.seconds = clock_.wall().seconds;
  mail::Append append{mailbox_for(*account->snapshot(), recipients_[index].detail), {}};
  append.messages.push_back(std::move(message));
  mail::Append to_inbox{"INBOX", append.messages};
  auto result = co_await account->execute(std::move(append));
  // The folder was deleted since it was looked up: INBOX takes the message instead.
  if (!result && (result.error().code == Code::try_create || result.error().code == Code::nonexistent)) {
    result = co_await account->execute(std::move(to_inbox));
  }
  if (!result) co_return Fail(result.error());
  co_return std::get<mail::Appended>(*result);
}

// What happened to the carrier's account, its removal for example, says nothing of the others': they may try again. The
// message's size does, and a disk that is full.
Error Delivery::failure_for(size_t index) const {
  const Error& error = state_.error();
  if (index == carrier_ || error.code == Code::too_big || error.code == Code::limit) return error;
  return fault("another recipient's account: " + error.text).error();
}

task<std::string> Delivery::deliver_one(size_t index) {
  Result<mail::Appended> appended = Fail(state_ ? Error{} : failure_for(index));
  if (state_) {
    Result<mail::NewMessage> message = shared_;
    if (large_ == nullptr) message = co_await receive_whole(index);
    if (message) {
      appended = co_await append_to(index, *std::move(message));
    } else {
      appended = Fail(message.error());
    }
  }
  const Recipient& recipient = recipients_[index];
  if (!appended) {
    log::warn("delivery_failed",
              {{"id", trace_.id}, {"account", recipient.account.value}, {"why", appended.error().text}});
    co_return reply_for(appended.error(), config_);
  }
  log::info("delivered", {{"id", trace_.id},
                          {"account", recipient.account.value},
                          {"client", trace_.peer_address},
                          {"mailbox", appended->mailbox.value},
                          {"uid", appended->first.value},
                          {"bytes", size_}});
  co_return fmt::format("250 2.1.5 <{}> Saved, {}", recipient.address.text(), trace_.id);
}

}  // namespace roost::lmtpd
