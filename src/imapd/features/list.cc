// LIST (RFC 9051 6.3.9, RFC 3501 6.3.8) with CHILDREN (RFC 3348) and SPECIAL-USE (RFC 6154).
#include <algorithm>

#include "imap/list.h"
#include "imap/list_pattern.h"
#include "imap/list_response.h"
#include "imap/mailbox_name.h"
#include "imapd/features/all.h"
#include "imapd/features/name_levels.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

inline constexpr size_t kNamesBetweenChecks = 64;  // of the batch's size and time

struct Listing {
  const imap::List& list;
  std::vector<imap::ListPattern> patterns;
  mail::SnapshotPtr snapshot;
  NameLevels levels;  // superior names that are no mailboxes and were listed
};

bool matches_any(const Listing& listing, BytesView name) {
  return std::any_of(listing.patterns.begin(), listing.patterns.end(),
                     [name](const imap::ListPattern& pattern) { return pattern.matches(name); });
}

imap::ListRow row_of(const Listing& listing, const mail::Mailbox& mailbox) {
  imap::ListRow row{.name = mailbox.name(), .no_select = mailbox.noselect()};
  row.has_children = listing.snapshot->has_children(mailbox.name());
  for (const std::string& use : mailbox.special_use()) row.special_use.push_back("\\" + use);
  if (listing.list.select.subscribed || listing.list.give.subscribed) {
    row.subscribed = listing.snapshot->subscribed(mailbox.name());
  }
  return row;
}

bool is_selected(const Listing& listing, const mail::Mailbox& mailbox) {
  const imap::List::Selection& select = listing.list.select;
  if (select.special_use && mailbox.special_use().empty()) return false;
  return !select.subscribed || listing.snapshot->subscribed(mailbox.name());
}

void list_name(Session& session, Listing& listing, const mail::Mailbox& mailbox) {
  bool utf8 = session.dialect().utf8_names;
  bool narrowed = listing.list.select.special_use || listing.list.select.subscribed;
  // RFC 3501 6.3.8: levels of hierarchy that are no mailboxes are returned where "%" reaches only them.
  listing.levels.for_each_new_parent(mailbox.name(), [&](BytesView parent) {
    if (narrowed || listing.snapshot->find(parent) || !matches_any(listing, parent)) return;
    imap::write_list(session.buffer(), {.name = Bytes(parent), .no_select = true, .has_children = true}, false, utf8);
  });
  if (is_selected(listing, mailbox) && matches_any(listing, mailbox.name())) {
    imap::write_list(session.buffer(), row_of(listing, mailbox), false, utf8);
  }
}

// The longest beginning that all names share which could match.
Bytes common_prefix(const std::vector<imap::ListPattern>& patterns) {
  Bytes prefix(patterns.front().fixed_prefix());
  for (const imap::ListPattern& pattern : patterns) {
    BytesView other = pattern.fixed_prefix();
    size_t shared = std::mismatch(prefix.begin(), prefix.end(), other.begin(), other.end()).first - prefix.begin();
    prefix.resize(shared);
  }
  return prefix;
}

task<Result<>> list_names(Session& session, Listing listing) {
  std::vector<MailboxId> ids;
  listing.snapshot->for_each_mailbox(
      [&ids](const mail::Mailbox& mailbox) {
        ids.push_back(mailbox.id());
        return true;
      },
      common_prefix(listing.patterns));
  for (size_t i = 0; i < ids.size(); ++i) {
    list_name(session, listing, *listing.snapshot->find(ids[i]));
    if (i % kNamesBetweenChecks == 0 && session.batch_due()) ROOST_CO_TRY_VOID(co_await session.next_batch());
  }
  co_return Result<>{};
}

// RFC 3501 6.3.8: an empty pattern asks for the separator, and the root of the reference.
BytesView root_of(BytesView reference) {
  size_t separator = reference.find(imap::kHierarchySeparator);
  return separator == BytesView::npos ? BytesView() : reference.substr(0, separator + 1);
}

task<Result<Completion>> run_list(Session& session, imap::Command& command) {
  const auto& list = std::get<imap::List>(command.body);
  if (!list.extended && list.patterns.front().empty()) {
    imap::write_list_separator(session.buffer(), root_of(list.reference));
    co_return done("LIST completed.");
  }
  Listing listing{.list = list, .snapshot = session.account().snapshot()};
  for (const Bytes& pattern : list.patterns) {
    if (!pattern.empty()) listing.patterns.emplace_back(list.reference, pattern);
  }
  if (!listing.patterns.empty()) ROOST_CO_TRY_VOID(co_await list_names(session, std::move(listing)));
  co_return done("LIST completed.");
}

constexpr Capability kCapabilities[] = {{"CHILDREN", kLoggedIn}, {"SPECIAL-USE", kLoggedIn}};

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::special_use};

constexpr CommandRow kCommands[] = {
    {imap::Verb::list, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_list},
};

}  // namespace

constinit const Feature kList = {
    .name = "list", .capabilities = kCapabilities, .commands = kCommands, .grammar = kGrammar};

}  // namespace roost::imapd
