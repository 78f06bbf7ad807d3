// Dates as SEARCH, APPEND and FETCH write them.
#pragma once

#include <compare>
#include <cstdint>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace roost::imap {

// A day of the Gregorian calendar, without zone: days since 1970-01-01.
struct Date {
  int32_t days = 0;
  friend auto operator<=>(const Date&, const Date&) = default;
};

// A moment, and the zone in which it was said: minutes east of Greenwich, -1439..1439.
struct DateTime {
  WallTime utc;
  int16_t zone_minutes = 0;
  friend bool operator==(const DateTime&, const DateTime&) = default;

  // The day that a clock in that zone showed: what BEFORE, ON and SINCE compare (RFC 9051 6.4.4: disregarding time and
  // timezone).
  Date local_date() const;
};

// date-text = date-day "-" date-month "-" date-year     RFC 9051 9; impossible days are Bad
Result<Date> parse_date_text(BytesView text);
void write_date(Bytes& out, Date date);

// date-time without its quotes: "17-Jul-1996 02:44:25 -0700"     RFC 9051 9; impossible dates and zones are Bad. A leap
// second is taken for the second before it. The day may be one digit without the space, as node-imap writes it.
Result<DateTime> parse_date_time_text(BytesView text);
// With quotes.
void write_date_time(Bytes& out, const DateTime& value);

}  // namespace roost::imap
