#include "admin/time_text.h"

#include <charconv>
#include <chrono>
#include <optional>
#include <string>

namespace roost::admin {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  // A number of `min` to `max` digits.
  std::optional<int> number(size_t min, size_t max) {
    size_t digits = 0;
    while (digits < text_.size() && digits < max && text_[digits] >= '0' && text_[digits] <= '9') ++digits;
    if (digits < min) return {};
    int value = 0;
    std::from_chars(text_.data(), text_.data() + digits, value);
    text_.remove_prefix(digits);
    return value;
  }
  bool one_of(std::string_view characters) {
    if (text_.empty() || characters.find(text_.front()) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }
  std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

std::optional<int64_t> seconds_of(std::string_view unit) {
  if (unit == "s") return 1;
  if (unit == "m") return 60;
  if (unit == "h") return 3600;
  if (unit == "d") return 24 * 3600;
  return {};
}

std::optional<int64_t> parse_ago(std::string_view text, int64_t now) {
  constexpr size_t kDigitsMax = 9;
  Reader in(text);
  auto count = in.number(1, kDigitsMax);
  auto unit = seconds_of(in.rest());
  if (!count || !unit) return {};
  return now - *count * *unit;
}

// What follows the date, as seconds of the day.
std::optional<int64_t> parse_clock(Reader& in) {
  if (in.rest().empty()) return 0;
  if (!in.one_of(" T")) return {};
  auto hour = in.number(2, 2);
  if (!hour || !in.one_of(":")) return {};
  auto minute = in.number(2, 2);
  std::optional<int> second = 0;
  if (in.one_of(":")) second = in.number(2, 2);
  (void)in.one_of("Z");
  bool sound = minute && second && in.rest().empty() && *hour < 24 && *minute < 60 && *second < 60;
  if (!sound) return {};
  return *hour * 3600 + *minute * 60 + *second;
}

std::optional<int64_t> parse_date(std::string_view text) {
  Reader in(text);
  auto year = in.number(4, 4);
  if (!year || !in.one_of("-")) return {};
  auto month = in.number(2, 2);
  if (!month || !in.one_of("-")) return {};
  auto day = in.number(2, 2);
  if (!day) return {};
  std::chrono::year_month_day date(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                   std::chrono::day(static_cast<unsigned>(*day)));
  auto clock = parse_clock(in);
  if (!date.ok() || !clock) return {};
  return std::chrono::sys_days(date).time_since_epoch().count() * int64_t{24 * 3600} + *clock;
}

}  // namespace

Result<int64_t> parse_time(std::string_view text, int64_t now) {
  if (auto ago = parse_ago(text, now)) return *ago;
  if (auto date = parse_date(text)) return *date;
  return bad("'" + std::string(text) + "' is no time: give 2026-11-23, 2026-11-23T15:04:05 (UTC), or 12h, 3d for ago");
}

}  // namespace roost::admin
