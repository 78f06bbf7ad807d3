// THREAD and UID THREAD (RFC 5256), by subjects, by references, or by references alone (draft-ietf-morg-inthread).
#include <memory>
#include <random>

#include "imap/sort_response.h"
#include "imapd/disconnect_watch.h"
#include "imapd/features/all.h"
#include "imapd/features/condstore.h"
#include "imapd/features/search_query.h"
#include "imapd/features/searching.h"
#include "imapd/session.h"
#include "imapd/telling.h"
#include "search/references.h"

namespace roost::imapd {
namespace {

uint64_t new_seed() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

std::unique_ptr<search::Threading> make_threading(imap::Thread::Algorithm algorithm) {
  using Algorithm = imap::Thread::Algorithm;
  using Kind = search::References::Kind;
  switch (algorithm) {
    case Algorithm::ordered_subject: return std::make_unique<search::OrderedSubject>();
    case Algorithm::references: return std::make_unique<search::References>(Kind::references, new_seed());
    case Algorithm::refs: return std::make_unique<search::References>(Kind::refs, new_seed());
  }
  return nullptr;
}

// Numbers are those of `view`: nothing has been told since it was made.
task<Result<>> write_threads(Session& session, const View& view, const std::vector<search::ThreadMember>& threads,
                             bool uid) {
  imap::ThreadWriter writer;
  writer.start(session.buffer());
  uint32_t count = 0;
  for (const search::ThreadMember& member : threads) {
    uint32_t number = uid || member.uid.value == 0 ? member.uid.value : view.seq(member.uid).value;
    writer.add(session.buffer(), number, member.children);
    if (++count % kNumbersBetweenChecks == 0 && session.batch_due()) ROOST_CO_TRY_VOID(co_await session.next_batch());
  }
  writer.finish(session.buffer());
  co_return Result<>{};
}

task<Result<Completion>> run_thread(Session& session, imap::Command& command) {
  const auto& wanted = std::get<imap::Thread>(command.body);
  const imap::Search& search = wanted.search;
  if (auto refused = refuse_charset(search)) co_return *std::move(refused);
  if (asks_for_mod_seq(search.key)) enable_condstore(session);
  ROOST_CO_TRY(View view, co_await catch_up(session));
  ROOST_CO_TRY(UidSet found, co_await find_messages(session, search, view));
  std::unique_ptr<search::Threading> threading = make_threading(wanted.algorithm);
  ROOST_CO_TRY_VOID(co_await order_while_connected(session, view.snapshot(), std::move(found), *threading));
  ROOST_CO_TRY_VOID(co_await write_threads(session, view, threading->result(), search.uid));
  Completion completion = done("THREAD completed.");
  completion.used_numbers = names_numbers(search.key);
  co_return completion;
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
