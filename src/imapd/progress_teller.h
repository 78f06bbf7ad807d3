// What a client hears of a command that takes long (RFC 9585): how far it is, or that it is still being worked on.
#pragma once

#include <memory>

#include "accounts/search.h"
#include "imapd/session.h"
#include "mail/operation.h"
#include "rt/event.h"
#include "rt/loop.h"

namespace roost::imapd {

// While it lives, an untagged OK [INPROGRESS …] leaves every ImapdConfig::progress_ms, and with it whatever is in the
// session's buffer: so that must end with a whole line, and nobody else may write. end() comes before it is destroyed.
class ProgressTeller {
 public:
  // `errand` may be null: then nothing is known but that the command runs.
  ProgressTeller(Session& session, std::shared_ptr<const accounts::Errand> errand);
  ProgressTeller(const ProgressTeller&) = delete;
  ProgressTeller& operator=(const ProgressTeller&) = delete;

  // Nothing is written any more.
  task<> end();

 private:
  void arm();
  task<> tell();
  imap::ResponseCode code() const;

  Session& session_;
  std::shared_ptr<const accounts::Errand> errand_;
  rt::Timer timer_;
  rt::Event told_;
  bool telling_ = false;
  bool ending_ = false;
};

// Account::execute(), of an operation on many messages perhaps.
task<Result<mail::OperationResult>> execute_and_tell(Session& session, mail::Operation operation);

}  // namespace roost::imapd
