// The messages of one APPEND on their way in: each literal is judged before it is accepted, then streams to the store.
#pragma once

#include <memory>
#include <vector>

#include "accounts/accounts.h"
#include "accounts/upload.h"
#include "base/result.h"
#include "imap/append.h"
#include "imap/dialect.h"
#include "imapd/config.h"
#include "imapd/memory_budget.h"
#include "mail/operation.h"
#include "wire/framer.h"

namespace roost::imapd {

class AppendIntake {
 public:
  AppendIntake(accounts::Account& account, uint64_t message_bytes_max, const ImapdConfig& config,
               const imap::Dialect& dialect, MemoryBudget& memory)
      : account_(account), message_bytes_max_(message_bytes_max), config_(config), reader_(dialect), held_(memory) {}

  // With Framer::Event::literal. Why not: bad syntax, NO [TRYCREATE] for a missing mailbox, NO [TOOBIG], NO [LIMIT].
  // `message`: the upload is ready for its octets.
  task<Result<imap::AppendReader::Use>> announce(const wire::Frame& frame);
  task<Result<>> octets(Bytes piece);
  task<Result<>> end_message();

  imap::AppendReader& reader() { return reader_; }
  // In the order of the command; without flags and dates.
  std::vector<mail::NewMessage> take() { return std::move(messages_); }

 private:
  Result<> check_message(const imap::Append& append) const;

  accounts::Account& account_;
  const uint64_t message_bytes_max_;
  const ImapdConfig& config_;
  imap::AppendReader reader_;
  Reservation held_;  // small messages stay in memory until they are committed
  std::unique_ptr<accounts::Upload> upload_;
  std::vector<mail::NewMessage> messages_;
};

}  // namespace roost::imapd
