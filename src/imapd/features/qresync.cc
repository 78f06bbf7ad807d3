// QRESYNC (RFC 7162 3.2). VANISHED in place of EXPUNGE, and when HIGHESTMODSEQ is said, are in telling.cc.
#include "imapd/features/qresync.h"

#include <algorithm>
#include <vector>

#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/features/condstore.h"
#include "imapd/telling.h"

namespace roost::imapd {
namespace {

// Consecutive message numbers and the equally many, consecutive uids that the client has for them.
struct Run {
  uint32_t number = 0;
  uint32_t uid = 0;
  uint64_t count = 0;
};

std::vector<Run> runs_of(const imap::QresyncParameter& known) {
  std::vector<Run> runs;
  const std::vector<UidRange>& uids = known.known_number_uids.ranges();
  size_t at = 0;
  uint64_t used = 0;  // of uids[at]
  for (const imap::SeqRange& numbers : known.known_numbers) {
    uint64_t number = numbers.first.value;
    while (number <= numbers.last.value && at < uids.size()) {
      uint64_t count = std::min(numbers.last.value - number + 1, uids[at].count() - used);
      runs.push_back({static_cast<uint32_t>(number), static_cast<uint32_t>(uids[at].first.value + used), count});
      number += count;
      used += count;
      if (used < uids[at].count()) continue;
      used = 0;
      ++at;
    }
  }
  return runs;
}

// The last message of the run that has the uid which the client thinks. Uids grow at least as fast as numbers, so the
// messages before it have lower uids than the run says, or the same, and those behind it higher ones.
Uid last_match(const mail::Mailbox& mailbox, const Run& run) {
  if (run.number > mailbox.messages()) return Uid();
  uint64_t low = 0;  // messages of the run whose uids are not too high
  uint64_t high = std::min<uint64_t>(run.count, mailbox.messages() - run.number + 1);
  while (low < high) {
    uint64_t middle = low + (high - low) / 2;
    if (mailbox.uid_at(static_cast<uint32_t>(run.number - 1 + middle))->value <= run.uid + middle) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == 0) return Uid();
  Uid found = *mailbox.uid_at(static_cast<uint32_t>(run.number - 1 + low - 1));
  return found.value == run.uid + low - 1 ? found : Uid();
}

void enable(Session& session, std::string_view) {
  enable_condstore(session);
  session.modes().qresync = true;
}

constexpr Capability kCapabilities[] = {{"QRESYNC", kLoggedIn}};

constexpr Enabling kEnables[] = {{"QRESYNC", &Modes::qresync}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::qresync};

}  // namespace

Uid matched_up_to(const mail::Mailbox& mailbox, const imap::QresyncParameter& known) {
  std::vector<Run> runs = runs_of(known);
  for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
    if (Uid match = last_match(mailbox, *run); match.value != 0) return match;
  }
  return Uid();
}

// The mailbox may have changed since it was opened: then this tells of its newest state, EXISTS and all.
task<Result<>> resynchronise(Session& session, imap::QresyncParameter known) {
  ROOST_CO_TRY(View view, co_await catch_up(session, Needs::flags));
  if (view.mailbox().uidvalidity() != known.uid_validity) co_return Result<>{};
  ROOST_CO_TRY(mail::MailboxDelta delta, co_await changes_since(session, view, known.mod_seq));
  UidSet vanished = delta.expunged.subtract(view.ghosts());
  if (known.known_uids) vanished = vanished.intersect(*known.known_uids);
  if (Uid match = matched_up_to(view.mailbox(), known); match.value != 0) vanished.erase({Uid(1), match});
  ROOST_CO_TRY_VOID(co_await tell_vanished(session, std::move(vanished), true));
  UidSet changed = view.members(known.known_uids ? delta.changed.intersect(*known.known_uids) : delta.changed);
  co_return co_await tell_flags(session, view, std::move(changed), true);
}

constinit const Feature kQresync = {
    .name = "qresync", .capabilities = kCapabilities, .enables = kEnables, .enable = enable, .grammar = kGrammar};

}  // namespace roost::imapd
