#include "imapd/features/visited_account.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "imap/mailbox_name.h"

namespace roost::imapd {
namespace {

bool is_below(BytesView name, BytesView top) {
  return name.size() > top.size() && name.starts_with(top) && name[top.size()] == imap::kHierarchySeparator;
}

template <class Fn>
void for_each_superior(const std::string& name, Fn&& fn) {
  for (size_t at = name.find(imap::kHierarchySeparator); at != std::string::npos;
       at = name.find(imap::kHierarchySeparator, at + 1)) {
    fn(name.substr(0, at));
  }
}

bool is_related(BytesView name, BytesView other) {
  return name == other || is_below(name, other) || is_below(other, name);
}

// RFC 5465 5.4: a mailbox's children go with it without a word.
class Renames {
 public:
  // False: it went with one that was added before.
  bool add(const std::string& from, const std::string& to) {
    bool went_along = false;
    for_each_superior(from, [&](const std::string& superior) {
      auto parent = done_.find(superior);
      went_along = went_along || (parent != done_.end() && to == parent->second + from.substr(superior.size()));
    });
    if (!went_along) done_.emplace(from, to);
    return !went_along;
  }

 private:
  std::unordered_map<std::string, std::string> done_;
};

}  // namespace

VisitedAccount::VisitedAccount(Followed followed, rt::Loop& loop, Heard heard, bool names_are_news)
    : followed_(std::move(followed)),
      heard_(std::move(heard)),
      names_changed_(names_are_news),
      subscription_(followed_.account->subscribe(loop, MailboxId(0), this)) {
  if (!names_are_news) known_ = look();
}

bool VisitedAccount::names_changed() const {
  return names_changed_ || (followed_.account->retired() && !known_.empty());
}

void VisitedAccount::changed(const mail::Change& change) {
  bool lists_changed = std::ranges::any_of(change.mailboxes, [](const mail::MailboxChange& one) {
    return one.deleted || one.list_changed || one.acl_changed;
  });
  names_changed_ = names_changed_ || lists_changed || !change.names.empty() || change.is_unknown();
  heard_(*this, change);
}

VisitedAccount::KnownMailboxes VisitedAccount::look() const {
  mail::SnapshotPtr snapshot = followed_.account->snapshot();
  KnownMailboxes found;
  if (followed_.account->retired()) return found;
  std::unordered_set<std::string> parents;
  snapshot->for_each_mailbox([&](const mail::Mailbox& mailbox) {
    if (!followed_.account->rights(mailbox).has(Right::lookup)) return true;
    for_each_superior(mailbox.name(), [&](const std::string& superior) { parents.insert(superior); });
    if (!may_be_told(*followed_.account, mailbox)) return true;
    found.emplace(mailbox.id(), Known{.name = mailbox.name(), .no_select = mailbox.noselect()});
    return true;
  });
  for (auto& [id, known] : found) known.has_children = parents.contains(known.name);
  return found;
}

imap::ListRow VisitedAccount::row_of(const Known& known) const {
  return {.name = followed_.prefix + known.name, .no_select = known.no_select, .has_children = known.has_children};
}

imap::ListRow VisitedAccount::row_of_lost(MailboxId id, const Known& known) {
  mail::SnapshotPtr snapshot = followed_.account->snapshot();
  auto mailbox = followed_.account->retired() ? std::nullopt : snapshot->find(id);
  bool listed = mailbox && followed_.account->rights(*mailbox).has(Right::lookup);
  return {.name = followed_.prefix + known.name, .non_existent = !listed, .no_access = mailbox.has_value()};
}

std::vector<imap::ListRow> VisitedAccount::take_names() {
  names_changed_ = false;
  KnownMailboxes before = std::exchange(known_, look());
  std::vector<imap::ListRow> rows;
  for (const auto& [id, known] : before) {
    if (!known_.contains(id)) rows.push_back(row_of_lost(id, known));
  }
  std::vector<std::pair<const Known*, const Known*>> now;  // as it is, and as it was
  for (const auto& [id, known] : known_) {
    auto old = before.find(id);
    if (old == before.end() || old->second != known) {
      now.emplace_back(&known, old == before.end() ? nullptr : &old->second);
    }
  }
  std::ranges::sort(now, {}, [](const auto& one) -> const std::string& { return one.first->name; });
  Renames renames;
  for (const auto& [known, old] : now) {
    bool renamed = old != nullptr && old->name != known->name;
    if (renamed && !renames.add(old->name, known->name)) continue;
    rows.push_back(row_of(*known));
    if (renamed) rows.back().old_name = followed_.prefix + old->name;
  }
  return rows;
}

void VisitedAccount::forget_own_name(BytesView name) {
  KnownMailboxes now = look();
  std::erase_if(known_, [&](const auto& one) { return !now.contains(one.first) && is_related(one.second.name, name); });
  for (auto& [id, known] : now) {
    if (is_related(known.name, name)) known_.insert_or_assign(id, std::move(known));
  }
}

}  // namespace roost::imapd
