// STORE and UID STORE (RFC 9051 6.4.6), with UNCHANGEDSINCE (RFC 7162 3.1.3).
#include <algorithm>
#include <iterator>

#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/features/condstore.h"
#include "imapd/features/message_limit.h"
#include "imapd/progress_teller.h"
#include "imapd/session.h"
#include "imapd/telling.h"

namespace roost::imapd {
namespace {

mail::StoreHow how(imap::Store::Mode mode) {
  switch (mode) {
    case imap::Store::Mode::replace: return mail::StoreHow::replace;
    case imap::Store::Mode::add: return mail::StoreHow::add;
    case imap::Store::Mode::remove: return mail::StoreHow::remove;
  }
  return mail::StoreHow::add;
}

// A message's flags; keywords as indexes into the mailbox's table, sorted.
struct Flags {
  SystemFlags system;
  std::vector<uint16_t> keywords;
  friend bool operator==(const Flags&, const Flags&) = default;
};

Flags flags_of(const mail::Mailbox& mailbox, const mail::Hot& hot) {
  Flags flags{.system = hot.flags, .keywords = mailbox.keywords_of(hot.keywords)};
  std::sort(flags.keywords.begin(), flags.keywords.end());
  return flags;
}

// What a client that is told nothing must take the flags to be. The table of keywords only grows, so `named`, from the
// newer snapshot, means the same in the older one.
Flags predict(Flags before, const imap::Store& store, const std::vector<uint16_t>& named) {
  Flags after;
  switch (store.mode) {
    case imap::Store::Mode::replace: return {.system = store.flags.system, .keywords = named};
    case imap::Store::Mode::add:
      after.system = before.system | store.flags.system;
      std::set_union(before.keywords.begin(), before.keywords.end(), named.begin(), named.end(),
                     std::back_inserter(after.keywords));
      return after;
    case imap::Store::Mode::remove:
      after.system = before.system & ~store.flags.system;
      std::set_difference(before.keywords.begin(), before.keywords.end(), named.begin(), named.end(),
                          std::back_inserter(after.keywords));
      return after;
  }
  return after;
}

// The messages of a silent STORE whose flags are just what the client expects: they owe it nothing.
UidSet predicted(const View& before, const View& after, const UidSet& uids, const imap::Store& store) {
  std::vector<uint16_t> named;
  for (const std::string& keyword : store.flags.keywords) {
    auto index = after.mailbox().find_keyword(keyword);
    // The rights did not allow to set it on any message, and the client expects it on all.
    if (!index && store.mode != imap::Store::Mode::remove) return {};
    if (index) named.push_back(*index);
  }
  std::sort(named.begin(), named.end());
  UidSet same;
  uids.for_each([&](Uid uid) {
    auto old_hot = before.mailbox().find_hot(uid);
    auto new_hot = after.mailbox().find_hot(uid);
    if (!old_hot || !new_hot) return;
    // RFC 7162 3.1.12: it met the condition although the client has not heard of all that changed.
    if (store.unchanged_since && old_hot->modseq > *store.unchanged_since) return;
    Flags expected = predict(flags_of(before.mailbox(), *old_hot), store, named);
    if (expected == flags_of(after.mailbox(), *new_hot)) same.append(uid);
  });
  return same;
}

// A silent STORE tells no flags; yet a CONDSTORE-aware client needs the MODSEQs (RFC 7162 3.1.3): of what changed, and
// where it made a condition, of all that met it.
task<Result<>> keep_quiet(Session& session, const View& after, UidSet quiet, const imap::Store& store) {
  UidSet& owed = session.selected()->flags_owed;
  UidSet changed = owed.intersect(quiet);
  owed = owed.subtract(quiet);
  if (!session.modes().condstore) co_return Result<>{};
  co_return co_await tell_mod_seqs(session, after, store.unchanged_since ? std::move(quiet) : std::move(changed));
}

// `modified`: numbers, or uids of UID STORE. RFC 7162 3.1.3 allows MODIFIED in a NO as well. Of .SILENT nothing is owed
// for the messages that are gone, so it has succeeded (RFC 2180 4.2.1).
Completion reply(const UidSet& modified, bool some_gone, bool silent) {
  Completion completion = done("STORE completed.");
  if (!modified.empty()) completion = done(imap::code_modified(modified), "Conditional STORE failed.");
  if (!some_gone) return completion;
  if (modified.empty()) completion.code = imap::code_of(Code::expunge_issued);
  if (!silent) completion.condition = imap::Condition::no;
  completion.text = "Some of the messages have been deleted.";
  return completion;
}

task<Result<Completion>> run_store(Session& session, imap::Command& command) {
  auto& store = std::get<imap::Store>(command.body);
  Selected& selected = *session.selected();
  if (store.unchanged_since) enable_condstore(session);
  if (selected.read_only) co_return no(Code::read_only, "The mailbox is read-only.");
  ROOST_CO_TRY(View before, co_await catch_up(session, Needs::flags));
  ROOST_CO_TRY(UidSet uids, before.resolve(store.set, store.uid));
  UidSet live = uids.subtract(before.ghosts());
  bool some_gone = !store.uid && live.count() != uids.count();
  const Limited messages = limit_messages(session, std::move(live));
  live = messages.uids;
  UidSet owed_before = selected.flags_owed;
  UidSet modified;
  if (!live.empty()) {
    mail::Store operation{.mailbox = selected.mailbox,
                          .uids = live,
                          .how = how(store.mode),
                          .flags = store.flags.system,
                          .keywords = store.flags.keywords,
                          .unchanged_since = store.unchanged_since};
    ROOST_CO_TRY(mail::OperationResult result, co_await execute_and_tell(session, std::move(operation)));
    modified = std::get<mail::Stored>(std::move(result)).modified;
    ROOST_CO_TRY(View after, co_await catch_up(session, Needs::flags));
    // Some may have been expunged since: before the flags were set, or before they could be told.
    some_gone = !store.uid && !uids.intersect(after.ghosts()).empty();
    if (store.silent) {
      UidSet asked = live.subtract(owed_before).subtract(modified);
      UidSet quiet = predicted(before, after, asked, store);
      // Where the rights allowed only a part of it (RFC 4314 4), also if for that reason nothing has changed.
      selected.flags_owed = selected.flags_owed.unite(after.mailbox().live(asked.subtract(quiet)));
      ROOST_CO_TRY_VOID(co_await keep_quiet(session, after, std::move(quiet), store));
    } else {
      live = live.subtract(modified);
      ROOST_CO_TRY_VOID(
          co_await tell_flags(session, after, live, store.uid, messages.lowest ? Order::descending : Order::ascending));
    }
    // RFC 7162 3.1.3 recommends it, so that the client need not ask why.
    ROOST_CO_TRY_VOID(co_await tell_flags(session, after, modified, true));
    if (!store.uid) modified = after.numbers(after.members(modified));
  }
  Result<Completion> completion = reply(modified, some_gone, store.silent);
  say_limit(session, messages, completion);
  co_return completion;
}

constexpr CommandRow kCommands[] = {
    {imap::Verb::store, kSelected, Hazard::uses, kNameLiteralBytesMax, kSmallCommandBytes, run_store},
    {imap::Verb::uid_store, kSelected, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_store},
};

}  // namespace

constinit const Feature kStore = {.name = "store", .commands = kCommands};

}  // namespace roost::imapd
