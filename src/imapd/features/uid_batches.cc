// UIDBATCHES (RFC 10022): counts messages from the newest down and says where each batch ends, so that a client without
// message numbers can ask for its messages a batch at a time.
#include <algorithm>
#include <string>

#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/session.h"
#include "imapd/telling.h"

namespace roost::imapd {
namespace {

constexpr uint32_t kBatchesBetweenChecks = 64;  // of the response's size and time

// Batches touch: each goes on below the one before, and the last one ends at UID 1, whether there is such a message or
// not (RFC 10022 3.1.4).
class Batches {
 public:
  Batches(const View& view, uint32_t size) : view_(view), size_(size) {}

  uint32_t count() const { return static_cast<uint32_t>((uint64_t{view_.exists()} + size_ - 1) / size_); }
  // Of the nth batch, from 1; below count().
  Uid lowest(uint32_t n) const { return n == count() ? Uid(1) : view_.uid(SeqNum(view_.exists() - n * size_ + 1)); }
  Uid highest(uint32_t n) const { return n == 1 ? view_.last() : Uid(lowest(n - 1).value - 1); }

 private:
  const View& view_;
  uint32_t size_;
};

task<Result<Completion>> run_uid_batches(Session& session, imap::Command& command) {
  const auto& wanted = std::get<imap::UidBatches>(command.body);
  uint32_t size_min = session.config().uid_batch_messages_min;
  if (wanted.size < size_min) {
    co_return refusal(imap::ResponseCode(imap::kTooFew), "The minimum batch size is " + std::to_string(size_min) + ".");
  }
  // First what happened, so that the batches are of messages that the client has heard of, and of no others.
  ROOST_CO_TRY_VOID(co_await tell(session, Hazard::breaks));
  ROOST_CO_TRY(View view, co_await catch_up(session, Needs::flags));
  Batches batches(view, wanted.size);
  auto range = wanted.wanted.value_or(imap::UidBatches::Range{.first = 1, .last = UINT32_MAX});
  uint32_t last = std::min(range.last, batches.count());
  imap::UidBatchesWriter response(session.buffer(), command.tag);
  for (uint32_t n = range.first; n <= last; ++n) {
    response.batch(batches.highest(n), batches.lowest(n));
    if (n % kBatchesBetweenChecks == 0 && session.batch_due()) ROOST_CO_TRY_VOID(co_await session.next_batch());
  }
  response.finish();
  co_return done("UIDBATCHES completed.");
}

constexpr Capability kCapabilities[] = {{"UIDBATCHES", kLoggedIn}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::uid_batches, kSelected, Hazard::breaks, 0, kSmallCommandBytes, run_uid_batches},
};

}  // namespace

constinit const Feature kUidBatches = {.name = "uid_batches", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
