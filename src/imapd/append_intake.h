// The messages of one APPEND or REPLACE on their way in: each literal is judged before it is accepted, then streams to
// the store, and so do the parts of other messages that CATENATE names.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "accounts/upload.h"
#include "base/result.h"
#include "imap/append.h"
#include "imap/response.h"
#include "imapd/memory_budget.h"
#include "imapd/place.h"
#include "mail/operation.h"
#include "rt/task.h"
#include "wire/framer.h"

namespace roost::imapd {

class Session;

class AppendIntake {
 public:
  // For the session's user.
  explicit AppendIntake(Session& session);

  // With Framer::Event::literal. Why not: bad syntax, NO [TRYCREATE] for a missing mailbox, NO [TOOBIG], NO [LIMIT],
  // NO [OVERQUOTA], a URL that is none. `message`: the upload is ready for its octets.
  task<Result<imap::AppendReader::Use>> announce(const wire::Frame& frame);
  task<Result<>> octets(Bytes piece);
  task<Result<>> end_literal();
  // The whole command is there: takes what comes after its last literal. In the order of the command; without flags
  // and dates. `append` outlives the call.
  task<Result<std::vector<mail::NewMessage>>> finish(const imap::Append& append);

  // Where the messages go; once one was announced.
  const Place& place() const { return *place_; }
  imap::AppendReader& reader() { return reader_; }
  // Where something failed for a reason that has a code with data: BADURL (RFC 4469 4.1), MESSAGELIMIT (RFC 9738 3.1).
  imap::ResponseCode refusal_code() const;

 private:
  task<Result<>> advance(const imap::Append& append);
  task<Result<>> begin_part(const imap::Append& append, uint64_t size);
  task<Result<>> begin_message(const imap::Append& append);
  Result<> check_mailbox();
  Result<> check_quota() const;
  task<Result<>> take_url(const imap::Append& append, Bytes url);
  task<Result<>> copy_range(accounts::AccountPtr account, BlobId blob, uint64_t offset, uint64_t size);
  task<Result<>> end_message();

  task<Result<>> find_target(Bytes mailbox);

  Session& session_;
  std::optional<Place> place_;
  imap::AppendReader reader_;
  Reservation held_;  // small messages stay in memory until they are committed
  std::unique_ptr<accounts::Upload> upload_;
  std::vector<mail::NewMessage> messages_;  // finished
  size_t part_ = 0;                         // of the message after those: taken so far
  uint64_t finished_bytes_ = 0;             // of all finished messages
  uint64_t message_bytes_ = 0;              // of its parts, the one that is coming in included
  uint64_t catenated_bytes_ = 0;            // of all messages, copied from others
  Bytes bad_url_;
  bool over_limit_ = false;  // of messages that one command may make
};

}  // namespace roost::imapd
