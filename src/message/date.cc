#include "message/date.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "message/ascii.h"
#include "message/header.h"
#include "message/lexer.h"

namespace roost::message {
namespace {

constexpr int64_t kDaySeconds = 86'400;

struct Number {
  int value = 0;
  size_t digits = 0;
};

std::optional<Number> number(Lexer& lexer, size_t digits_max) {
  lexer.skip_cfws();
  BytesView digits = lexer.take_while(is_digit);
  if (digits.empty() || digits.size() > digits_max) return std::nullopt;
  Number out{0, digits.size()};
  for (char c : digits) out.value = out.value * 10 + (c - '0');
  return out;
}

BytesView word(Lexer& lexer) {
  lexer.skip_cfws();
  return lexer.take_while(is_alpha);
}

// 1..12; full names are seen too.
std::optional<unsigned> month_number(BytesView name) {
  static constexpr std::array<BytesView, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                        "jul", "aug", "sep", "oct", "nov", "dec"};
  for (unsigned i = 0; i < kMonths.size(); ++i) {
    if (equals_ignoring_case(name.substr(0, 3), kMonths[i])) return i + 1;
  }
  return std::nullopt;
}

// obs-year (RFC 5322 4.3): two digits up to 49 are 20xx, other two and three digits count from 1900.
int full_year(Number year) {
  if (year.digits == 2 && year.value < 50) return year.value + 2000;
  return year.digits <= 3 ? year.value + 1900 : year.value;
}

void skip_separator(Lexer& lexer) {
  lexer.skip_cfws();
  if (lexer.at('-') || lexer.at(',') || lexer.at('.')) lexer.advance();
}

struct TimeOfDay {
  int64_t seconds = 0;
  bool valid = false;
};

// time-of-day = hour ":" minute [ ":" second ]
TimeOfDay time_of_day(Lexer& lexer) {
  auto hour = number(lexer, 2);
  lexer.skip_cfws();
  if (!hour || (!lexer.accept(':') && !lexer.accept('.'))) return {};
  auto minute = number(lexer, 2);
  if (!minute) return {};
  int second = 0;
  lexer.skip_cfws();
  if (lexer.accept(':') || lexer.accept('.')) {
    auto given = number(lexer, 2);
    if (!given) return {};
    second = given->value;
  }
  if (hour->value > 23 || minute->value > 59 || second > 60) return {};
  second = std::min(second, 59);  // a leap second is still of its day
  return {hour->value * 3600LL + minute->value * 60LL + second, true};
}

// zone = ("+" / "-") 4DIGIT; "+01:00" is seen too.
std::optional<int> numeric_zone(Lexer& lexer) {
  int sign = lexer.at('-') ? -1 : 1;
  lexer.advance();
  BytesView digits = lexer.take_while(is_digit);
  auto two = [](BytesView d) { return (d[0] - '0') * 10 + (d[1] - '0'); };
  int hours = 0;
  int minutes = 0;
  if (digits.size() == 4) {
    hours = two(digits);
    minutes = two(digits.substr(2));
  } else if (digits.size() == 2 && lexer.accept(':')) {
    hours = two(digits);
    digits = lexer.take_while(is_digit);
    if (digits.size() != 2) return std::nullopt;
    minutes = two(digits);
  } else {
    return std::nullopt;
  }
  if (hours > 23 || minutes > 59) return std::nullopt;
  return sign * (hours * 60 + minutes);
}

// obs-zone (RFC 5322 4.3): military letters and unknown names say nothing: -0000.
int named_zone(BytesView name) {
  struct Zone {
    BytesView name;
    int hours;
  };
  static constexpr std::array<Zone, 8> kZones = {
      {{"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}}};
  for (const Zone& zone : kZones) {
    if (equals_ignoring_case(name, zone.name)) return zone.hours * 60;
  }
  return 0;
}

int16_t zone_minutes(Lexer& lexer) {
  lexer.skip_cfws();
  if (lexer.at('+') || lexer.at('-')) return static_cast<int16_t>(numeric_zone(lexer).value_or(0));
  BytesView name = word(lexer);
  if (!name.empty() && (lexer.at('+') || lexer.at('-'))) return static_cast<int16_t>(numeric_zone(lexer).value_or(0));
  return static_cast<int16_t>(named_zone(name));
}

struct Day {
  unsigned day = 0;
  unsigned month = 0;
  std::optional<Number> year;
  TimeOfDay time;  // where it stands before the year
};

// [day-name ","] day month year; also the order of asctime: day-name month day time year.
std::optional<Day> read_day(Lexer& lexer) {
  Day out;
  BytesView name = word(lexer);
  skip_separator(lexer);
  lexer.skip_cfws();
  bool asctime = is_alpha(lexer.peek());
  std::optional<Number> day;
  if (!asctime) day = number(lexer, 2);
  skip_separator(lexer);
  std::optional<unsigned> month = month_number(word(lexer));
  if (!asctime && !month && !name.empty()) month = month_number(name);  // "Nov 23, 2026"
  if (asctime) day = number(lexer, 2);
  skip_separator(lexer);
  if (!day || !month) return std::nullopt;
  out.day = static_cast<unsigned>(day->value);
  out.month = *month;
  if (asctime) {
    out.time = time_of_day(lexer);
    word(lexer);  // "Mon Nov 23 06:21:42 UTC 2026"
  }
  out.year = number(lexer, 4);
  lexer.skip_cfws();
  if (lexer.at(':')) return std::nullopt;  // an hour: there is no year
  return out;
}

}  // namespace

int64_t SentDate::local_day() const {
  int64_t local = seconds + 60LL * zone_minutes;
  return local >= 0 ? local / kDaySeconds : -((-local + kDaySeconds - 1) / kDaySeconds);
}

std::optional<SentDate> parse_date(BytesView value) {
  Lexer lexer(value);
  auto day = read_day(lexer);
  if (!day || !day->year || day->year->digits < 2) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(full_year(*day->year)), std::chrono::month(day->month),
                                   std::chrono::day(day->day)};
  if (!date.ok()) return std::nullopt;
  TimeOfDay time = day->time.valid ? day->time : time_of_day(lexer);
  SentDate out;
  out.zone_minutes = zone_minutes(lexer);
  int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  out.seconds = days * kDaySeconds + time.seconds - 60LL * out.zone_minutes;
  return out;
}

}  // namespace roost::message
