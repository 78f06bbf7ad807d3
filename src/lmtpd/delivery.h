// One message for its recipients: received once, committed to each account, one answer for each recipient.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "accounts/accounts.h"
#include "lmtpd/recipient.h"
#include "lmtpd/trace.h"

namespace roost::lmtpd {

// The reply to RCPT, or to the message, without CRLF, where something was refused (RFC 3463).
std::string reply_for(const Error& error, const LmtpConfig& config);

// A message is gathered in memory while it is small, so that each recipient's copy can say whom it was delivered to.
// Once it is larger it streams into the account of the first recipient that can be opened, its carrier, and the
// others' copies are linked to that one.
class Delivery {
 public:
  Delivery(accounts::Accounts& accounts, const LmtpConfig& config, const Clock& clock, Trace trace,
           std::vector<Recipient> recipients);

  // The rest of the message is thrown away after an error, which finish() then tells.
  task<> write(Bytes piece);

  // A reply for each recipient, in order, without CRLF: "250 2.1.5 …" only once that copy is durable.
  task<std::vector<std::string>> finish();

  uint64_t size() const { return size_; }

 private:
  task<Result<>> stream(Bytes piece);
  task<Result<>> begin_upload();
  // Why the recipient does not get the message, where state_ is an error.
  Error failure_for(size_t index) const;
  task<Result<mail::NewMessage>> receive_whole(size_t index);
  task<std::string> deliver_one(size_t index);
  task<Result<mail::Appended>> append_to(size_t index, mail::NewMessage message);

  accounts::Accounts& accounts_;
  const LmtpConfig& config_;
  const Clock& clock_;
  Trace trace_;
  std::vector<Recipient> recipients_;
  Bytes small_;
  uint64_t size_ = 0;
  size_t carrier_ = 0;                    // of recipients_; large_ streams into its account
  accounts::AccountPtr carrier_account_;  // open for as long as large_ needs it
  std::unique_ptr<accounts::Upload> large_;
  Result<mail::NewMessage> shared_ = mail::NewMessage{};
  Result<> state_;
};

}  // namespace roost::lmtpd
