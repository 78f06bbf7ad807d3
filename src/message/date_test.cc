#include "message/date.h"

#include <gtest/gtest.h>

namespace roost::message {
namespace {

constexpr int64_t kReference = 880'127'706;  // Fri, 21 Nov 1997 15:55:06 UTC
constexpr int64_t kMidnight = 880'070'400;   // of that day

TEST(Date, IsReadAsTheRfcHasIt) {
  EXPECT_EQ(parse_date("Fri, 21 Nov 1997 09:55:06 -0600"), (SentDate{kReference, -360}));
  EXPECT_EQ(parse_date("21 Nov 1997 15:55:06 +0000"), (SentDate{kReference, 0}));
  EXPECT_EQ(parse_date("21 Nov 1997 09:55 -0600"), (SentDate{kReference - 6, -360}));
}

// RFC 5322 A.5 and A.6.2, A.6.3.
TEST(Date, IsReadInObsoleteForms) {
  EXPECT_EQ(parse_date("21 Nov 97 09:55:06 CST"), (SentDate{kReference, -360}));
  EXPECT_EQ(parse_date("Fri, 21 Nov 1997 09(comment):   55  :  06 -0600"), (SentDate{kReference, -360}));
  EXPECT_EQ(parse_date("Fri,\r\n 21\r\n   Nov\r\n     1997 09:55:06 -0600 (really)"), (SentDate{kReference, -360}));
  EXPECT_EQ(parse_date("21 Nov 97 15:55:06 Z"), (SentDate{kReference, 0}));
  EXPECT_EQ(parse_date("21 Nov 97 15:55:06 GMT"), (SentDate{kReference, 0}));
}

TEST(Date, HasYearsOfTwoAndThreeDigits) {
  EXPECT_EQ(parse_date("1 Jan 49 00:00 +0000")->seconds, 2'493'072'000);
  EXPECT_EQ(parse_date("1 Jan 50 00:00 +0000")->seconds, -631'152'000);
  EXPECT_EQ(parse_date("1 Jan 100 00:00 +0000")->seconds, 946'684'800);
}

TEST(Date, IsReadInFormsThatOtherProgramsWrite) {
  EXPECT_EQ(parse_date("Fri Nov 21 15:55:06 1997"), (SentDate{kReference, 0}));
  EXPECT_EQ(parse_date("Fri Nov 21 15:55:06 UTC 1997"), (SentDate{kReference, 0}));
  EXPECT_EQ(parse_date("Fri, 21-Nov-97 15:55:06 GMT"), (SentDate{kReference, 0}));
  EXPECT_EQ(parse_date("Fri, 21 November 1997 10:55:06 -05:00"), (SentDate{kReference, -300}));
  EXPECT_EQ(parse_date("Nov 21, 1997 15:55:06"), (SentDate{kReference, 0}));
}

// RFC 5256 2.2.
TEST(Date, TakesAnInvalidZoneAsUtcAndAnInvalidTimeAsMidnight) {
  EXPECT_EQ(parse_date("21 Nov 1997 15:55:06 +9999"), (SentDate{kReference, 0}));
  EXPECT_EQ(parse_date("21 Nov 1997 15:55:06 NOWHERE"), (SentDate{kReference, 0}));
  EXPECT_EQ(parse_date("21 Nov 1997 25:00:00 +0000"), (SentDate{kMidnight, 0}));
  EXPECT_EQ(parse_date("21 Nov 1997"), (SentDate{kMidnight, 0}));
}

TEST(Date, IsNothingWhereItCannotBe) {
  EXPECT_EQ(parse_date(""), std::nullopt);
  EXPECT_EQ(parse_date("31 Feb 2020 10:00:00 +0000"), std::nullopt);
  EXPECT_EQ(parse_date("yesterday"), std::nullopt);
  EXPECT_EQ(parse_date("21 Nov"), std::nullopt);
  EXPECT_EQ(parse_date("99999999999999999999 Nov 1997"), std::nullopt);
}

TEST(Date, HasALocalDayInItsOwnZone) {
  EXPECT_EQ(parse_date("1 Jan 1970 00:30 +0100")->local_day(), 0);
  EXPECT_EQ(parse_date("1 Jan 1970 00:30 +0100")->seconds, -1800);
  EXPECT_EQ(parse_date("31 Dec 1969 23:59 -0100")->local_day(), -1);
}

}  // namespace
}  // namespace roost::message
