#include "imap/status.h"

#include "imap/parser.h"

namespace roost::imap {
namespace {

struct ItemRule {
  std::string_view name;
  StatusItem item;
  bool Dialect::* needs = nullptr;
};

constexpr ItemRule kItems[] = {
    {"MESSAGES", StatusItem::messages},
    {"RECENT", StatusItem::recent},
    {"UIDNEXT", StatusItem::uid_next},
    {"UIDVALIDITY", StatusItem::uid_validity},
    {"UNSEEN", StatusItem::unseen},
    {"DELETED", StatusItem::deleted, &Dialect::status_deleted},
    {"DELETED-STORAGE", StatusItem::deleted_storage, &Dialect::status_deleted_storage},
    {"SIZE", StatusItem::size, &Dialect::status_size},
    {"APPENDLIMIT", StatusItem::append_limit, &Dialect::append_limit},
    {"HIGHESTMODSEQ", StatusItem::highest_mod_seq, &Dialect::condstore},
    {"MAILBOXID", StatusItem::mailbox_id, &Dialect::objectid},
};

Result<> parse_item(Parser& in, StatusItems& items) {
  for (const ItemRule& rule : kItems) {
    if (rule.needs != nullptr && !(in.dialect().*rule.needs)) continue;
    if (!in.take_word(rule.name)) continue;
    items.add(rule.item);
    return {};
  }
  return in.expected("a known status item");
}

}  // namespace

Result<StatusItems> parse_status_items(Parser& in) {
  StatusItems items;
  ROOST_TRY_VOID(in.expect('(', "'(' before the status items"));
  do {
    ROOST_TRY_VOID(parse_item(in, items));
  } while (in.take(' '));
  ROOST_TRY_VOID(in.expect(')', "')' after the status items"));
  return items;
}

Result<Status> parse_status(Parser& in) {
  Status out;
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.mailbox, in.mailbox());
  ROOST_TRY_VOID(in.space());
  ROOST_TRY(out.items, parse_status_items(in));
  ROOST_TRY_VOID(in.end());
  return out;
}

}  // namespace roost::imap
