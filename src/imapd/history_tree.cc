#include "imapd/history_tree.h"

#include <charconv>
#include <chrono>

#include "accounts/history.h"
#include "base/flags.h"
#include "fmt/format.h"
#include "imap/mailbox_name.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

constexpr int64_t kDaySeconds = 24 * 3600;
constexpr size_t kDayLetters = 10;  // 2026-11-20

// By their numbers since 1970-01-01.
struct Days {
  int64_t first;
  int64_t last;
};

// The last second of the first one, and all of the last one, can be looked at.
Days days_kept(const Session& session) {
  accounts::HistoryTimes times = accounts::history_times(*session.account_ptr());
  return {times.first / kDaySeconds, times.last / kDaySeconds - 1};
}

Bytes spell_day(int64_t day) {
  std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::optional<int> number(BytesView digits) {
  int value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// Only as spell_day() spells it.
std::optional<int64_t> parse_day(BytesView spelled) {
  if (spelled.size() != kDayLetters) return std::nullopt;
  auto year = number(spelled.substr(0, 4));
  auto month = number(spelled.substr(5, 2));
  auto day = number(spelled.substr(8, 2));
  if (!year || !month || !day || *year < 1970 || *month < 1 || *day < 1) return std::nullopt;
  std::chrono::year_month_day date(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                   std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  if (spell_day(days) != spelled) return std::nullopt;
  return days;
}

}  // namespace

bool is_history_name(std::string_view name) {
  auto normal = imap::normalize_mailbox_name(name, true);
  if (!normal || *normal != name || name.find_first_of("/%*") != std::string_view::npos) return false;
  const Bytes prefix = Bytes(name) + imap::kHierarchySeparator;
  return !equals_ignoring_case(name, imap::kInbox) && prefix != kOtherUsers && prefix != kShared;
}

Bytes history_prefix(const Session& session) {
  const std::string& name = session.config().history_tree;
  if (name.empty() || session.is_read_only()) return {};
  mail::SnapshotPtr snapshot = session.account().snapshot();
  if (snapshot->find(name) || snapshot->has_children(name)) return {};
  return Bytes(name) + imap::kHierarchySeparator;
}

bool lies_in_history(const Session& session, BytesView name) {
  if (session.config().history_tree.empty() || !name.starts_with(session.config().history_tree)) return false;
  Bytes prefix = history_prefix(session);
  return !prefix.empty() && name.starts_with(prefix);
}

std::vector<Bytes> history_days(const Session& session) {
  std::vector<Bytes> out;
  Bytes prefix = history_prefix(session);
  if (prefix.empty()) return out;
  Days days = days_kept(session);
  for (int64_t day = days.first; day <= days.last; ++day) {
    out.push_back(prefix + spell_day(day) + imap::kHierarchySeparator);
  }
  return out;
}

task<Result<accounts::AccountPtr>> open_day(Session& session, Bytes day, std::optional<std::string> mailbox) {
  Bytes prefix = history_prefix(session);
  if (prefix.empty() || !day.starts_with(prefix) || day.size() != prefix.size() + kDayLetters + 1) {
    co_return no_such_mailbox();
  }
  auto number = parse_day(BytesView(day).substr(prefix.size(), kDayLetters));
  Days days = days_kept(session);
  if (!number || *number < days.first || *number > days.last) co_return no_such_mailbox();
  int64_t end = (*number + 1) * kDaySeconds - 1;
  co_return co_await accounts::open_history(session.account_ptr(), session.user(), end, std::move(mailbox));
}

task<Result<Place>> place_in_history(Session& session, Bytes name) {
  size_t end = name.find(imap::kHierarchySeparator, history_prefix(session).size());
  if (end == Bytes::npos || end + 1 == name.size()) co_return no_such_mailbox();
  Place place{
      .prefix = name.substr(0, end + 1), .name = with_inbox(BytesView(name).substr(end + 1)), .owner = session.user()};
  ROOST_CO_TRY(place.account, co_await open_day(session, place.prefix, place.name));
  co_return place;
}

}  // namespace roost::imapd
