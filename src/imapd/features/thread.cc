// THREAD and UID THREAD (RFC 5256), by subjects, by references, or by references alone (draft-ietf-morg-inthread).
#include <memory>

#include "base/random.h"
#include "imap/sort_response.h"
#include "imapd/disconnect_watch.h"
#include "imapd/features/all.h"
#include "imapd/features/search_answer.h"
#include "imapd/session.h"
#include "search/references.h"

namespace roost::imapd {
namespace {

std::unique_ptr<search::Threading> make_threading(imap::Thread::Algorithm algorithm) {
  using Algorithm = imap::Thread::Algorithm;
  using Kind = search::References::Kind;
  switch (algorithm) {
    case Algorithm::ordered_subject: return std::make_unique<search::OrderedSubject>();
    case Algorithm::references: return std::make_unique<search::References>(Kind::references, random_number());
    case Algorithm::refs: return std::make_unique<search::References>(Kind::refs, random_number());
  }
  return nullptr;
}

class ThreadedSearch : public Searcher {
 public:
  explicit ThreadedSearch(const imap::Thread& wanted)
      : wanted_(wanted.search), threading_(make_threading(wanted.algorithm)) {}
  task<Result<Found>> find(Session& session, const View& view, const std::optional<UidSet>& among) override;
  task<Result<>> write(Session& session, const View& view, const Found& found) override;

 private:
  const imap::Search& wanted_;
  std::unique_ptr<search::Threading> threading_;
};

task<Result<Found>> ThreadedSearch::find(Session& session, const View& view, const std::optional<UidSet>& among) {
  Found found;
  ROOST_CO_TRY(found.uids, co_await find_messages(session, wanted_, view, among));
  ROOST_CO_TRY_VOID(co_await order_while_connected(session, view.snapshot(), found.uids, *threading_));
  co_return found;
}

task<Result<>> ThreadedSearch::write(Session& session, const View& view, const Found&) {
  imap::ThreadWriter writer;
  writer.start(session.buffer());
  uint32_t count = 0;
  for (const search::ThreadMember& member : threading_->result()) {
    uint32_t number = wanted_.uid || member.uid.value == 0 ? member.uid.value : view.seq(member.uid).value;
    writer.add(session.buffer(), number, member.children);
    if (++count % kNumbersBetweenChecks == 0 && session.batch_due()) ROOST_CO_TRY_VOID(co_await session.next_batch());
  }
  writer.finish(session.buffer());
  co_return Result<>{};
}

task<Result<Completion>> run_thread(Session& session, imap::Command& command) {
  const auto& wanted = std::get<imap::Thread>(command.body);
  ThreadedSearch search(wanted);
  co_return co_await answer_search(session, wanted.search, command, search);
}

constexpr Capability kCapabilities[] = {
    {"THREAD=ORDEREDSUBJECT", kLoggedIn}, {"THREAD=REFERENCES", kLoggedIn}, {"THREAD=REFS", kLoggedIn}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::thread, kSelected, Hazard::uses, kSearchLiteralBytesMax, kSearchMemoryBytes, run_thread},
    {imap::Verb::uid_thread, kSelected, Hazard::breaks, kSearchLiteralBytesMax, kSearchMemoryBytes, run_thread},
};

}  // namespace

constinit const Feature kThread = {.name = "thread", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
