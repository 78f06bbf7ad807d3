#include "imapd/progress_teller.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "imap/response.h"

namespace roost::imapd {

ProgressTeller::ProgressTeller(Session& session, std::shared_ptr<const accounts::Errand> errand)
    : session_(session), errand_(std::move(errand)) {
  arm();
}

void ProgressTeller::arm() {
  rt::Loop& loop = session_.stream().loop();
  timer_ = loop.after(session_.config().progress_ms, [this, &loop] {
    telling_ = true;
    rt::spawn(loop, tell());
  });
}

// RFC 9585 4: a goal is above what is done of it.
imap::ResponseCode ProgressTeller::code() const {
  BytesView tag = session_.running_tag();
  if (!errand_ || errand_->goal() == 0) return imap::code_in_progress(tag, std::nullopt, std::nullopt);
  uint32_t goal = errand_->goal();
  return imap::code_in_progress(tag, std::min(errand_->done(), goal - 1), goal);
}

task<> ProgressTeller::tell() {
  co_await session_.stream().loop().yield();  // out of the timer, which is armed again
  Result<> written = Result<>{};
  if (!ending_) {
    imap::write_untagged(session_.buffer(), imap::Condition::ok, code(), "Still working on it.");
    written = co_await session_.flush();
  }
  telling_ = false;
  if (ending_) {
    told_.set();
  } else if (written) {
    arm();
  }
}

task<> ProgressTeller::end() {
  ending_ = true;
  timer_.cancel();
  if (telling_) co_await told_.wait();
}

task<Result<mail::OperationResult>> execute_and_tell(Session& session, mail::Operation operation) {
  ProgressTeller teller(session, nullptr);
  Result<mail::OperationResult> result = closed();
  std::exception_ptr failure;
  try {
    result = co_await session.selected_account().execute(std::move(operation));
  } catch (...) {
    failure = std::current_exception();
  }
  co_await teller.end();
  if (failure) std::rethrow_exception(failure);
  co_return result;
}

}  // namespace roost::imapd
