#include "imapd/features/notify_rules.h"

#include <algorithm>

#include "imap/mailbox_name.h"

namespace roost::imapd {

using Group = imap::Notify::Group;
using imap::NotifyEvent;

namespace {

bool has_name(const Group& group, BytesView name) { return std::ranges::binary_search(group.names, name); }

// RFC 5465 6.5: the name itself, or one of the names above it.
bool has_name_above(const Group& group, BytesView name) {
  if (has_name(group, name)) return true;
  for (size_t at = name.find(imap::kHierarchySeparator); at != BytesView::npos;
       at = name.find(imap::kHierarchySeparator, at + 1)) {
    if (has_name(group, name.substr(0, at))) return true;
  }
  return false;
}

// The user's own are personal; mail may be delivered to each of them, so they are inboxes too (RFC 5465 6.3).
bool covers(const Group& group, BytesView name, NotifyRules::Standing standing) {
  switch (group.filter) {
    case Group::Filter::inboxes:
    case Group::Filter::personal: return standing.personal;
    case Group::Filter::subscribed: return standing.subscribed;
    case Group::Filter::subtree: return has_name_above(group, name);
    case Group::Filter::mailboxes: return has_name(group, name);
    case Group::Filter::selected:
    case Group::Filter::selected_delayed: break;
  }
  return false;
}

size_t bytes_of(const Group& group) {
  size_t bytes = sizeof group;
  for (const Bytes& name : group.names) bytes += sizeof name + name.size();
  for (const imap::FetchItem& item : group.items) {
    bytes += sizeof item;
    for (const Bytes& field : item.section.fields) bytes += sizeof field + field.size();
  }
  return bytes;
}

}  // namespace

NotifyRules::NotifyRules(imap::Notify notify) {
  for (Group& group : notify.groups) {
    server_metadata_ = server_metadata_ || group.events.has(NotifyEvent::server_metadata_change);
    std::ranges::sort(group.names);
    if (group.is_of_selected()) {
      selected_ = std::move(group);
    } else {
      others_.push_back(std::move(group));
    }
  }
}

imap::NotifyEvents NotifyRules::events_of(BytesView name, Standing standing) const {
  imap::NotifyEvents events;
  for (const Group& group : others_) {
    if (covers(group, name, standing)) events.add(group.events);
  }
  return events;
}

void NotifyRules::for_each_name(const std::function<void(const Bytes&, bool)>& fn) const {
  for (const Group& group : others_) {
    for (const Bytes& name : group.names) fn(name, group.filter == Group::Filter::subtree);
  }
}

bool NotifyRules::follow_subscriptions() const {
  return std::ranges::any_of(others_, [](const Group& group) { return group.filter == Group::Filter::subscribed; });
}

size_t NotifyRules::bytes() const {
  size_t bytes = selected_ ? bytes_of(*selected_) : 0;
  for (const Group& group : others_) bytes += bytes_of(group);
  return bytes;
}

}  // namespace roost::imapd
