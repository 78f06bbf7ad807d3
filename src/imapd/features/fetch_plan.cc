#include "imapd/features/fetch_plan.h"

#include <algorithm>
#include <utility>

namespace roost::imapd {

using Kind = imap::FetchItem::Kind;

namespace {

// BODY[] is the message as it lies there; every other section has to be found first.
bool is_located_by_card(const imap::FetchItem& item) {
  if (item.kind == Kind::rfc822) return false;
  if (item.kind != Kind::body_section) return true;
  return !item.section.part.empty() || item.section.text != imap::Section::Text::whole;
}

bool is_from_card(Kind kind) {
  return kind == Kind::envelope || kind == Kind::body || kind == Kind::body_structure || kind == Kind::preview;
}

bool has(const std::vector<imap::FetchItem>& items, Kind kind) {
  return std::any_of(items.begin(), items.end(), [kind](const imap::FetchItem& item) { return item.kind == kind; });
}

}  // namespace

bool is_body_item(const imap::FetchItem& item) {
  return item.kind == Kind::body_section || item.kind == Kind::rfc822 || item.kind == Kind::rfc822_header ||
         item.kind == Kind::rfc822_text || is_binary_item(item);
}

bool is_binary_item(const imap::FetchItem& item) { return item.kind == Kind::binary || item.kind == Kind::binary_size; }

FetchPlan plan_fetch(imap::Fetch fetch, const Modes& modes) {
  FetchPlan plan{.items = std::move(fetch.items), .condstore = modes.condstore};
  if (fetch.uid && !modes.uid_only && !has(plan.items, Kind::uid)) {
    plan.items.insert(plan.items.begin(), imap::FetchItem{.kind = Kind::uid});
  }
  plan.says_flags = has(plan.items, Kind::flags);
  // RFC 7162 3.1.4.1: CHANGEDSINCE asks for MODSEQ too.
  if ((fetch.changed_since || (plan.condstore && plan.says_flags)) && !has(plan.items, Kind::mod_seq)) {
    plan.items.push_back({.kind = Kind::mod_seq});
  }
  plan.says_uid = has(plan.items, Kind::uid);
  plan.says_mod_seq = has(plan.items, Kind::mod_seq);
  size_t fast_items = 1 + (plan.says_uid ? 1 : 0) + (plan.says_mod_seq ? 1 : 0);
  plan.flags_only = plan.items.size() == fast_items && plan.says_flags;
  for (const imap::FetchItem& item : plan.items) {
    bool body = is_body_item(item);
    plan.needs_body |= body;
    plan.needs_card |= is_from_card(item.kind) || (body && is_located_by_card(item));
    plan.sets_seen |= item.sets_seen();
  }
  return plan;
}

}  // namespace roost::imapd
