#include "imap/date.h"

#include <gtest/gtest.h>

namespace roost::imap {
namespace {

TEST(Date, IsReadAndWritten) {
  EXPECT_EQ(parse_date_text("1-Feb-1994").value().days, 8797);
  EXPECT_EQ(parse_date_text("01-feb-1994").value().days, 8797);
  EXPECT_EQ(parse_date_text("29-Feb-2024").value().days, 19782);
  Bytes out;
  write_date(out, Date{8797});
  EXPECT_EQ(out, "1-Feb-1994");
}

TEST(Date, RefusesImpossibleDays) {
  for (const char* wrong :
       {"29-Feb-2023", "31-Apr-2024", "0-Jan-2024", "32-Jan-2024", "1-Foo-2024", "1-Feb-94", "001-Feb-1994",
        "-Feb-1994", "1-Feb-1994 ", "1 Feb 1994", "", "1-Feb-199x", "+1-Feb-1994"}) {
    EXPECT_FALSE(parse_date_text(wrong)) << wrong;
  }
}

TEST(DateTime, KeepsItsZone) {
  for (const char* text :
       {"\"17-Jul-1996 02:44:25 -0700\"", "\" 1-Jan-2000 00:00:00 +0530\"", "\"31-Dec-1999 23:59:59 -1159\"",
        "\" 1-Jan-1970 00:30:00 +0100\"", "\"29-Feb-2024 12:00:00 +0000\"", "\" 1-Jan-0001 00:00:00 +0000\"",
        "\"31-Dec-9999 23:59:59 -2359\""}) {
    BytesView inside(text);
    auto value = parse_date_time_text(inside.substr(1, inside.size() - 2));
    ASSERT_TRUE(value) << text;
    Bytes out;
    write_date_time(out, *value);
    EXPECT_EQ(out, text);
  }
}

TEST(DateTime, IsAMomentInUtc) {
  auto value = parse_date_time_text("17-Jul-1996 02:44:25 -0700").value();
  EXPECT_EQ(value.utc.seconds, 837596665);
  EXPECT_EQ(value.zone_minutes, -420);
  EXPECT_EQ(value.local_date(), parse_date_text("17-Jul-1996").value());
  EXPECT_EQ((DateTime{{-1}, 0}.local_date().days), -1);
}

TEST(DateTime, TakesALeapSecondForTheOneBefore) {
  EXPECT_EQ(parse_date_time_text("31-Dec-2016 23:59:60 +0000").value(),
            parse_date_time_text("31-Dec-2016 23:59:59 +0000").value());
}

TEST(DateTime, TakesADayOfOneDigitWithoutItsSpace) {
  EXPECT_EQ(parse_date_time_text("2-Jan-2024 03:04:05 +0100").value(),
            parse_date_time_text(" 2-Jan-2024 03:04:05 +0100").value());
}

TEST(DateTime, RefusesWhatIsImpossible) {
  for (const char* wrong : {"0-Jan-2000 00:00:00 +0000", " -Jan-2000 00:00:00 +0000", "-1-Jan-2000 00:00:00 +0000",
                            "111-Jan-2000 00:00:00 +0000", "31-Feb-2000 00:00:00 +0000", "01-Jan-2000 24:00:00 +0000",
                            "01-Jan-2000 00:60:00 +0000", "01-Jan-2000 00:00:61 +0000", "01-Jan-2000 00:00:00 +2400",
                            "01-Jan-2000 00:00:00 +0060", "01-Jan-2000 00:00:00 0000", "01-Jan-2000 00:00:00 GMT",
                            "01-Jan-2000 0:00:00 +0000", "", "  -Jan-2000 00:00:00 +0000"}) {
    EXPECT_FALSE(parse_date_time_text(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace roost::imap
