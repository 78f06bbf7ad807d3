#include "imapd/features/entry_values.h"

#include <map>

#include "mail/change.h"

namespace roost::imapd {
namespace {

constexpr std::string_view kServerComment = "/shared/comment";
constexpr std::string_view kServerAdmin = "/shared/admin";
constexpr std::string_view kWorkedOut[] = {kServerAdmin, kServerComment, mail::kSpecialUseEntry};

bool is_at_or_below(std::string_view name, std::string_view top) {
  return name.starts_with(top) && (name.size() == top.size() || name[top.size()] == '/');
}

std::optional<Bytes> if_set(const std::string& value) { return value.empty() ? std::nullopt : std::optional(value); }

}  // namespace

bool is_private_entry(std::string_view name) { return is_at_or_below(name, "/private"); }

std::optional<Bytes> spell_special_use(const mail::Mailbox& mailbox) {
  Bytes value;
  for (const std::string& use : mailbox.special_use()) value.append(value.empty() ? "\\" : " \\").append(use);
  return if_set(value);
}

AccountId EntryValues::user_of(std::string_view name) const {
  return is_private_entry(name) ? session_.account().id() : AccountId(0);
}

bool EntryValues::shows(std::string_view name) const {
  return session_.config().metadata_private || !is_private_entry(name);
}

// RFC 5464 3.2.1.1: the server's comment and its administrator are configured. RFC 6154 4: special uses.
std::optional<Bytes> EntryValues::worked_out(std::string_view name) const {
  if (mailbox_.value == 0) {
    if (name == kServerComment) return if_set(session_.config().server_comment);
    if (name == kServerAdmin) return if_set(session_.config().server_admin);
    return std::nullopt;
  }
  bool asked = with_special_use_ && name == mail::kSpecialUseEntry;
  auto mailbox = asked ? snapshot_.find(mailbox_) : std::nullopt;
  return mailbox ? spell_special_use(*mailbox) : std::nullopt;
}

std::optional<Bytes> EntryValues::find(const std::string& name) const {
  if (!shows(name)) return std::nullopt;
  if (auto value = worked_out(name)) return value;
  const Bytes* stored = snapshot_.metadata(mailbox_, user_of(name), name);
  return stored != nullptr ? std::optional(*stored) : std::nullopt;
}

void EntryValues::for_each(const std::string& below,
                           const std::function<void(const std::string&, const Bytes&)>& fn) const {
  if (!shows(below)) return;
  std::map<std::string, Bytes, std::less<>> more;
  for (std::string_view name : kWorkedOut) {
    if (!is_at_or_below(name, below)) continue;
    if (auto value = worked_out(name)) more.emplace(name, *std::move(value));
  }
  auto next = more.begin();
  snapshot_.for_each_metadata(mailbox_, user_of(below), below, [&](const std::string& name, const Bytes& value) {
    for (; next != more.end() && next->first < name; ++next) fn(next->first, next->second);
    fn(name, value);
  });
  for (; next != more.end(); ++next) fn(next->first, next->second);
}

}  // namespace roost::imapd
