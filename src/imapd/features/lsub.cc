// LSUB (RFC 3501 6.3.9): the subscriptions, whether their mailboxes exist or not.
#include "imap/list.h"
#include "imap/list_pattern.h"
#include "imap/list_response.h"
#include "imapd/features/all.h"
#include "imapd/features/areas.h"
#include "imapd/features/name_levels.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_lsub(Session& session, imap::Command& command) {
  const auto& list = std::get<imap::List>(command.body);
  imap::ListPattern pattern(list.reference, list.patterns.front());
  ROOST_CO_TRY(std::vector<Area> areas, co_await find_areas(session, Bytes(pattern.fixed_prefix())));
  ROOST_CO_TRY_VOID(co_await open_days(session, subscribed_past(session), areas));
  mail::SnapshotPtr snapshot = areas.front().snapshot;
  std::vector<imap::ListRow> rows;
  NameLevels levels;
  snapshot->for_each_subscription([&](const std::string& name) {
    // "foo/bar" is subscribed and "%" matches only "foo": that is returned, \Noselect, unless it is subscribed itself.
    bool matches = pattern.matches(name);
    levels.for_each_new_parent(name, [&](BytesView parent) {
      if (matches || snapshot->subscribed(parent) || !pattern.matches(parent)) return;
      rows.push_back({.name = Bytes(parent), .no_select = true});
    });
    if (!matches) return true;
    auto mailbox = find_listed(areas, name);
    rows.push_back({.name = name, .no_select = !mailbox || mailbox->noselect()});
    return true;
  });
  for (const imap::ListRow& row : rows) {
    imap::write_list(session.buffer(), row, true, session.dialect().utf8_names);
    if (session.batch_due()) ROOST_CO_TRY_VOID(co_await session.next_batch());
  }
  co_return done("LSUB completed.");
}

constexpr CommandRow kCommands[] = {
    {imap::Verb::lsub, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_lsub},
};

}  // namespace

constinit const Feature kLsub = {.name = "lsub", .commands = kCommands};

}  // namespace roost::imapd
