#include "imap/notify.h"

#include "imap/mailbox_name.h"
#include "imap/parser.h"

namespace roost::imap {
namespace {

using Filter = Notify::Group::Filter;

constexpr size_t kGroupsMax = 1000;
constexpr size_t kNamesMax = 100'000;  // the session has a limit in octets

struct EventRule {
  std::string_view name;
  NotifyEvent event;
};
constexpr EventRule kEvents[] = {
    {"MessageNew", NotifyEvent::message_new},
    {"MessageExpunge", NotifyEvent::message_expunge},
    {"FlagChange", NotifyEvent::flag_change},
    {"AnnotationChange", NotifyEvent::annotation_change},
    {"MailboxName", NotifyEvent::mailbox_name},
    {"SubscriptionChange", NotifyEvent::subscription_change},
    {"MailboxMetadataChange", NotifyEvent::mailbox_metadata_change},
    {"ServerMetadataChange", NotifyEvent::server_metadata_change},
};

struct FilterRule {
  std::string_view name;
  Filter filter;
};
constexpr FilterRule kFilters[] = {
    {"selected", Filter::selected},     {"selected-delayed", Filter::selected_delayed},
    {"inboxes", Filter::inboxes},       {"personal", Filter::personal},
    {"subscribed", Filter::subscribed}, {"subtree", Filter::subtree},
    {"mailboxes", Filter::mailboxes},
};

// mailbox; a name that no mailbox can have is one that is not there, which is ignored (RFC 5465 3.1)
Result<> parse_name(Parser& in, Notify::Group& group) {
  ROOST_TRY(Bytes wire, in.astring("a mailbox name"));
  if (group.names.size() >= kNamesMax) return no(Code::limit, "Too many mailboxes");
  Result<Bytes> name = normalize_mailbox_name(wire, in.dialect().utf8_names);
  if (name) group.names.push_back(*std::move(name));
  return {};
}

// one-or-more-mailbox = mailbox / "(" mailbox *(SP mailbox) ")"     RFC 5465 8
Result<> parse_names(Parser& in, Notify::Group& group) {
  ROOST_TRY_VOID(in.space());
  if (!in.take('(')) return parse_name(in, group);
  do {
    ROOST_TRY_VOID(parse_name(in, group));
  } while (in.take(' '));
  return in.expect(')', "')' after the mailboxes");
}

Result<> parse_filter(Parser& in, Notify::Group& group) {
  for (const FilterRule& rule : kFilters) {
    if (!in.take_word(rule.name)) continue;
    group.filter = rule.filter;
    if (rule.filter == Filter::subtree || rule.filter == Filter::mailboxes) return parse_names(in, group);
    return {};
  }
  return in.expected("selected, selected-delayed, inboxes, personal, subscribed, subtree or mailboxes");
}

// SP "(" fetch-att *(SP fetch-att) ")"     RFC 5465 8
Result<> parse_items_of_new(Parser& in, Notify::Group& group) {
  if (!group.is_of_selected()) return in.wrong("fetch items are for the selected mailbox only");
  ROOST_TRY(group.items, parse_fetch_atts(in));
  return {};
}

// event     RFC 5465 8. True: a space was read after it, and another event follows.
Result<bool> parse_event(Parser& in, Notify::Group& group, Notify& out) {
  for (const EventRule& rule : kEvents) {
    if (!in.take_word(rule.name)) continue;
    group.events.add(rule.event);
    if (!in.take(' ')) return false;
    if (rule.event != NotifyEvent::message_new || in.peek() != '(') return true;
    ROOST_TRY_VOID(parse_items_of_new(in, group));
    return in.take(' ');
  }
  ROOST_TRY(std::ignore, in.atom("an event"));
  out.has_unknown_event = true;
  return in.take(' ');
}

// RFC 5465 5: what must be asked for together; 6.1: what is of messages only.
Result<> check_events(const Parser& in, const Notify::Group& group) {
  bool arrivals = group.events.has(NotifyEvent::message_new);
  bool expunges = group.events.has(NotifyEvent::message_expunge);
  bool changes = group.events.has(NotifyEvent::flag_change) || group.events.has(NotifyEvent::annotation_change);
  if (arrivals != expunges) return in.wrong("MessageNew and MessageExpunge are asked for together");
  if (changes && !arrivals) return in.wrong("FlagChange and AnnotationChange need MessageNew and MessageExpunge");
  if (group.is_of_selected() && group.events != group.events.of_messages()) {
    return in.wrong("only message events are of the selected mailbox");
  }
  return {};
}

// events = "(" event *(SP event) ")" / "NONE"     RFC 5465 8
Result<> parse_events(Parser& in, Notify::Group& group, Notify& out) {
  if (in.take_word("NONE")) return {};
  ROOST_TRY_VOID(in.expect('(', "'(' before the events, or NONE"));
  bool more = true;
  while (more) {
    ROOST_TRY(more, parse_event(in, group, out));
  }
  ROOST_TRY_VOID(in.expect(')', "')' after the events"));
  return check_events(in, group);
}

// event-group = "(" filter-mailboxes SP events ")"     RFC 5465 8
Result<> parse_group(Parser& in, Notify& out) {
  Notify::Group group;
  ROOST_TRY_VOID(in.expect('(', "'(' before mailboxes and events"));
  ROOST_TRY_VOID(parse_filter(in, group));
  ROOST_TRY_VOID(in.space());
  ROOST_TRY_VOID(parse_events(in, group, out));
  ROOST_TRY_VOID(in.expect(')', "')' after the events"));
  for (const Notify::Group& other : out.groups) {
    if (other.is_of_selected() && group.is_of_selected()) return in.wrong("the selected mailbox is named twice");
  }
  if (out.groups.size() >= kGroupsMax) return no(Code::limit, "Too many groups of events");
  out.groups.push_back(std::move(group));
  return {};
}

}  // namespace

Result<Notify> parse_notify(Parser& in) {
  Notify out;
  ROOST_TRY_VOID(in.space());
  if (in.take_word("NONE")) {
    ROOST_TRY_VOID(in.end());
    return out;
  }
  if (!in.take_word("SET")) return in.expected("SET or NONE");
  ROOST_TRY_VOID(in.space());
  if (in.take_word("STATUS")) {
    out.status = true;
    ROOST_TRY_VOID(in.space());
  }
  do {
    ROOST_TRY_VOID(parse_group(in, out));
  } while (in.take(' '));
  ROOST_TRY_VOID(in.end());
  return out;
}

ResponseCode code_bad_event(NotifyEvents supported) {
  ResponseCode code = "BADEVENT";
  std::string_view before = " (";
  for (const EventRule& rule : kEvents) {
    if (!supported.has(rule.event)) continue;
    code += before;
    code += rule.name;
    before = " ";
  }
  code += ')';
  return code;
}

}  // namespace roost::imap
