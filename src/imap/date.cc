#include "imap/date.h"

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "base/flags.h"

namespace roost::imap {
namespace {

constexpr int64_t kSecondsPerDay = 86'400;
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Exactly `count` digits at `at`.
std::optional<int> digits(BytesView text, size_t at, size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<unsigned> month_number(BytesView name) {
  for (size_t i = 0; i < kMonths.size(); ++i) {
    if (equals_ignoring_case(name, kMonths[i])) return static_cast<unsigned>(i + 1);
  }
  return std::nullopt;
}

// "-" date-month "-" date-year after the day.
Result<Date> read_month_and_year(int day, BytesView rest) {
  if (rest.size() != 9 || rest[0] != '-' || rest[4] != '-') return bad("A date is written as 1-Feb-2024");
  std::optional<unsigned> month = month_number(rest.substr(1, 3));
  std::optional<int> year = digits(rest, 5, 4);
  if (!month || !year) return bad("A date is written as 1-Feb-2024");
  std::chrono::year_month_day ymd{std::chrono::year(*year), std::chrono::month(*month),
                                  std::chrono::day(static_cast<unsigned>(day))};
  if (!ymd.ok()) return bad("There is no such day");
  return Date{static_cast<int32_t>(std::chrono::sys_days(ymd).time_since_epoch().count())};
}

void write_padded(Bytes& out, int value, int width, char fill) {
  char buffer[8];
  for (int i = width; i-- > 0; value /= 10) buffer[i] = static_cast<char>('0' + value % 10);
  for (int i = 0; i + 1 < width && buffer[i] == '0'; ++i) buffer[i] = fill;
  out.append(buffer, static_cast<size_t>(width));
}

void write_month_and_year(Bytes& out, const std::chrono::year_month_day& day) {
  out += '-';
  out += kMonths[static_cast<unsigned>(day.month()) - 1];
  out += '-';
  write_padded(out, static_cast<int>(day.year()), 4, '0');
}

std::chrono::year_month_day civil(Date date) { return std::chrono::sys_days(std::chrono::days(date.days)); }

// time = 2DIGIT ":" 2DIGIT ":" 2DIGIT     RFC 9051 9
Result<int> read_time(BytesView text) {
  auto hours = digits(text, 0, 2);
  auto minutes = digits(text, 3, 2);
  auto seconds = digits(text, 6, 2);
  if (text.size() != 8 || text[2] != ':' || text[5] != ':' || !hours || !minutes || !seconds) {
    return bad("A time is written as 02:44:25");
  }
  if (*hours > 23 || *minutes > 59 || *seconds > 60) return bad("There is no such time of day");
  return *hours * 3600 + *minutes * 60 + std::min(*seconds, 59);
}

// zone = ("+" / "-") 4DIGIT     RFC 9051 9
Result<int16_t> read_zone(BytesView text) {
  auto hours = digits(text, 1, 2);
  auto minutes = digits(text, 3, 2);
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-') || !hours || !minutes) {
    return bad("A zone is written as -0700");
  }
  if (*hours > 23 || *minutes > 59) return bad("There is no such zone");
  int value = *hours * 60 + *minutes;
  return static_cast<int16_t>(text[0] == '-' ? -value : value);
}

}  // namespace

Date DateTime::local_date() const {
  int64_t local = utc.seconds + int64_t{zone_minutes} * 60;
  int64_t days = local / kSecondsPerDay - (local % kSecondsPerDay < 0 ? 1 : 0);
  return Date{static_cast<int32_t>(days)};
}

Result<Date> parse_date_text(BytesView text) {
  size_t dash = text.find('-');
  if (dash != 1 && dash != 2) return bad("A date is written as 1-Feb-2024");
  std::optional<int> day = digits(text, 0, dash);
  if (!day) return bad("A date is written as 1-Feb-2024");
  return read_month_and_year(*day, text.substr(dash));
}

void write_date(Bytes& out, Date date) {
  auto day = civil(date);
  out += std::to_string(static_cast<unsigned>(day.day()));
  write_month_and_year(out, day);
}

Result<DateTime> parse_date_time_text(BytesView text) {
  constexpr size_t kSizeAfterTheDay = 24;
  size_t day_size = text.size() == kSizeAfterTheDay + 1 ? 1 : 2;
  BytesView rest = text.substr(std::min(day_size, text.size()));
  if (rest.size() != kSizeAfterTheDay || rest[9] != ' ' || rest[18] != ' ') {
    return bad("A date and time is written as \"17-Jul-1996 02:44:25 -0700\"");
  }
  std::optional<int> day = text[0] == ' ' ? digits(text, 1, 1) : digits(text, 0, day_size);
  if (!day) return bad("The day of a date and time has two digits, or a space and a digit");
  ROOST_TRY(Date date, read_month_and_year(*day, rest.substr(0, 9)));
  ROOST_TRY(int seconds, read_time(rest.substr(10, 8)));
  ROOST_TRY(int16_t zone, read_zone(rest.substr(19)));
  return DateTime{{date.days * kSecondsPerDay + seconds - int64_t{zone} * 60}, zone};
}

// date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE     RFC 9051 9
void write_date_time(Bytes& out, const DateTime& value) {
  Date date = value.local_date();
  auto day = civil(date);
  int seconds = static_cast<int>(value.utc.seconds + int64_t{value.zone_minutes} * 60 - date.days * kSecondsPerDay);
  out += '"';
  write_padded(out, static_cast<int>(static_cast<unsigned>(day.day())), 2, ' ');
  write_month_and_year(out, day);
  out += ' ';
  write_padded(out, seconds / 3600, 2, '0');
  out += ':';
  write_padded(out, seconds / 60 % 60, 2, '0');
  out += ':';
  write_padded(out, seconds % 60, 2, '0');
  int zone = std::abs(int{value.zone_minutes});
  out += value.zone_minutes < 0 ? " -" : " +";
  write_padded(out, zone / 60, 2, '0');
  write_padded(out, zone % 60, 2, '0');
  out += '"';
}

}  // namespace roost::imap
