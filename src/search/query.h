// What a SEARCH asks (RFC 9051 6.4.4), as a tree of a few kinds of nodes. imapd makes it from the command: sequence
// numbers and RECENT, which belong to a session, arrive as Uids; UNSEEN and the like as Not over Flag; strings in
// UTF-8.
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/flags.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/uid_set.h"

namespace roost::search {

// A day of the calendar, without zone or time.
struct Day {
  int16_t year = 1970;
  uint8_t month = 1;  // 1..12
  uint8_t day = 1;    // 1..31

  friend constexpr auto operator<=>(const Day&, const Day&) = default;
};

// Days since 1970-01-01: of a date (one beyond its month's end counts on into the next), and of an instant (seconds
// since 1970 UTC) where it was written (minutes east of UTC).
int64_t day_number(Day day);
int64_t day_number(int64_t seconds, int zone_minutes);

struct Query;

struct And {  // of nothing: ALL
  std::vector<Query> of;
};
struct Or {  // of nothing: none
  std::vector<Query> of;
};
struct Not {
  std::vector<Query> of;  // exactly one
};

struct Uids {
  UidSet uids;
};
struct Flag {
  SystemFlag flag;
};
struct Keyword {
  std::string keyword;  // without regard to ASCII case
};

// BEFORE, ON, SINCE; SENT…; SAVED… (RFC 8514). Time and zone are disregarded: the day is the one that was written.
enum class WhichDate : uint8_t { internal, sent, saved };
enum class When : uint8_t { before, on, since };
struct Date {
  WhichDate which = WhichDate::internal;
  When when = When::on;
  Day day;
};

// LARGER, SMALLER: neither includes `octets` itself.
struct Size {
  enum class How : uint8_t { larger, smaller } how = How::larger;
  uint64_t octets = 0;
};

// OLDER, YOUNGER (RFC 5032): by INTERNALDATE, from now.
struct Within {
  enum class How : uint8_t { older, younger } how = How::older;
  uint32_t seconds = 0;
};

// MODSEQ (RFC 7162 3.1.5): at or above.
struct FromModSeq {
  ModSeq modseq;
};

// EMAILID, THREADID (RFC 8474).
struct EmailId {
  ObjectId id;
};
struct ThreadId {
  ObjectId id;
};

// SAVEDATESUPPORTED (RFC 8514): all messages here.
struct SaveDateSupported {};

// FROM, TO, CC, BCC, SUBJECT: a substring of the decoded field.
enum class Field : uint8_t { from, to, cc, bcc, subject };
struct InField {
  Field field = Field::subject;
  std::string needle;
};

// HEADER: a substring of any field of that name; an empty needle asks only whether the field is there.
struct InHeader {
  std::string name;
  std::string needle;
};

// BODY: the decoded text of text/* parts. TEXT: also every header, decoded.
struct InBody {
  std::string needle;
};
struct InText {
  std::string needle;
};

struct Query {
  using Node = std::variant<And, Or, Not, Uids, Flag, Keyword, Date, Size, Within, FromModSeq, EmailId, ThreadId,
                            SaveDateSupported, InField, InHeader, InBody, InText>;
  Node node;

  Query() = default;  // ALL
  template <class T>
    requires(!std::same_as<std::remove_cvref_t<T>, Query> && std::constructible_from<Node, T &&>)
  Query(T&& n) : node(std::forward<T>(n)) {}
};

struct QueryLimits {
  uint32_t depth_max = 100;
  uint32_t nodes_max = 10'000;
  uint32_t needles_max = 200;          // strings to look for in bodies and headers
  uint32_t needle_bytes_max = 16'384;  // of one string
};

// no(Code::limit) for a tree that costs too much to hold or to run.
Result<> check_query(const Query& query, const QueryLimits& limits);

}  // namespace roost::search
