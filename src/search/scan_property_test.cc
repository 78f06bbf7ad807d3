// SEARCH against a naive evaluator that knows what each message says because it wrote it.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "message/casemap.h"
#include "search/test_mailbox_test.h"

namespace roost::search {
namespace {

const std::vector<std::string>& words() {
  static const std::vector<std::string> words = {"alpha",  "Grüße", "naïve", "Привет",
                                                 "日本語", "Omega", "xyzzy", "ÅNGSTRÖM"};
  return words;
}
const std::vector<std::string>& keywords() {
  static const std::vector<std::string> keywords = {"$Junk", "work", "Later"};
  return keywords;
}

// What one message says, decoded.
struct Said {
  std::string subject;
  std::string from;
  std::optional<std::string> odd;  // X-Odd
  Day sent;
  std::vector<std::string> texts;
  std::string hidden;  // in an attachment
  SystemFlags flags;
  std::vector<std::string> keywords;
  mail::InternalDate date;
};

std::string base64(std::string_view in) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < in.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) group = group << 8 | (i + k < in.size() ? static_cast<uint8_t>(in[i + k]) : 0);
    for (size_t k = 0; k < 4; ++k) out += i + k > in.size() ? '=' : kDigits[group >> (18 - 6 * k) & 63];
  }
  return out;
}

std::string quoted_printable(std::string_view in) {
  std::string out;
  for (char c : in) {
    char hex[4];
    std::snprintf(hex, sizeof hex, "=%02X", static_cast<uint8_t>(c));
    out += hex;
    if (out.size() - (out.rfind("\r\n") == std::string::npos ? 0 : out.rfind("\r\n")) > 60) out += "=\r\n";
  }
  return out;
}

std::string header_word(const std::string& text, int form) {
  if (form == 0) return text;  // raw UTF-8
  return "=?utf-8?B?" + base64(text) + "?=";
}

std::string write(const Said& said, int form) {
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::string out = "From: " + header_word(said.from, form % 2) + " <a@b.example>\r\n";
  out += "Subject: " + header_word(said.subject, form % 2) + "\r\n";
  if (said.odd) out += "X-Odd:\r\n " + header_word(*said.odd, form % 2) + "\r\n";
  out += "Date: " + std::to_string(said.sent.day) + " " + kMonths[said.sent.month - 1] + " " +
         std::to_string(said.sent.year) + " 23:30:00 -0900\r\n";
  out += "Content-Type: multipart/mixed; boundary=\"q\"\r\n\r\n";
  for (const std::string& text : said.texts) {
    out += "--q\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ";
    if (form % 3 == 0) out += "8bit\r\n\r\n" + text;
    if (form % 3 == 1) out += "base64\r\n\r\n" + base64(text);
    if (form % 3 == 2) out += "quoted-printable\r\n\r\n" + quoted_printable(text);
    out += "\r\n";
  }
  out += "--q\r\nContent-Type: application/octet-stream\r\n\r\n" + said.hidden + "\r\n--q--\r\n";
  return out;
}

bool says(const std::string& text, const std::string& needle) {
  return message::search_fold(text).find(message::search_fold(needle)) != std::string::npos;
}

bool compare_days(When when, Day is, Day asked) {
  switch (when) {
    case When::before: return is < asked;
    case When::on: return is == asked;
    case When::since: return is >= asked;
  }
  return false;
}

struct Naive {
  const Said& said;

  bool operator()(const And& q) const {
    return std::ranges::all_of(q.of, [&](const Query& c) { return std::visit(*this, c.node); });
  }
  bool operator()(const Or& q) const {
    return std::ranges::any_of(q.of, [&](const Query& c) { return std::visit(*this, c.node); });
  }
  bool operator()(const Not& q) const { return !std::visit(*this, q.of[0].node); }
  bool operator()(const Flag& q) const { return said.flags.has(q.flag); }
  bool operator()(const Keyword& q) const { return std::ranges::find(said.keywords, q.keyword) != said.keywords.end(); }
  bool operator()(const Date& q) const {
    if (q.which == WhichDate::sent) return compare_days(q.when, said.sent, q.day);
    auto days = std::chrono::sys_days(std::chrono::days(day_number(said.date.seconds, said.date.zone_minutes)));
    std::chrono::year_month_day ymd(days);
    Day day{static_cast<int16_t>(int(ymd.year())), static_cast<uint8_t>(unsigned(ymd.month())),
            static_cast<uint8_t>(unsigned(ymd.day()))};
    return compare_days(q.when, day, q.day);
  }
  bool operator()(const InField& q) const {
    return says(q.field == Field::from ? said.from + " <a@b.example>" : said.subject, q.needle);
  }
  bool operator()(const InHeader& q) const { return said.odd && says(*said.odd, q.needle); }
  bool operator()(const InBody& q) const {
    return q.needle.empty() || std::ranges::any_of(said.texts, [&](const auto& t) { return says(t, q.needle); });
  }
  bool operator()(const InText& q) const {
    return (*this)(InBody{q.needle}) || says(said.from, q.needle) || says(said.subject, q.needle) ||
           (said.odd && says(*said.odd, q.needle));
  }
  bool operator()(const auto&) const { return false; }
};

rc::Gen<std::string> phrase() {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(words())),
                      [](const std::vector<std::string>& chosen) {
                        std::string out = "z";
                        for (const auto& word : chosen) out += " " + word;
                        return out;
                      });
}

// A word, as it is or in part, or what nothing says.
rc::Gen<std::string> needle() {
  return rc::gen::oneOf(rc::gen::elementOf(words()),
                        rc::gen::element<std::string>("GRÜ", "привет", "naïve xyzzy", "PHA OM", "nowhere", ""));
}

rc::Gen<Day> day() {
  return rc::gen::build<Day>(rc::gen::set(&Day::year, rc::gen::element<int16_t>(2023, 2024)),
                             rc::gen::set(&Day::month, rc::gen::inRange<uint8_t>(1, 13)),
                             rc::gen::set(&Day::day, rc::gen::inRange<uint8_t>(1, 29)));
}

SystemFlags some_flags() { return SystemFlags(*rc::gen::inRange<uint8_t>(0, 32)); }

Said some_message() {
  Said said;
  said.subject = *phrase();
  said.from = *phrase();
  if (*rc::gen::arbitrary<bool>()) said.odd = *phrase();
  said.sent = *day();
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) said.texts.push_back(*phrase());
  said.hidden = *phrase();
  said.flags = some_flags();
  for (const auto& keyword : keywords()) {
    if (*rc::gen::arbitrary<bool>()) said.keywords.push_back(keyword);
  }
  said.date = {1'672'531'200 + *rc::gen::inRange<int64_t>(0, 2 * 365 * 86'400),
               *rc::gen::element<int16_t>(0, 60, -480, 840)};
  return said;
}

Query some_query(int depth) {
  int kind = *rc::gen::inRange(depth > 0 ? 0 : 3, 10);
  auto children = [&](int least) {
    std::vector<Query> of;
    for (int i = *rc::gen::inRange(least, 4); i > 0; --i) of.push_back(some_query(depth - 1));
    return of;
  };
  switch (kind) {
    case 0: return And{children(0)};
    case 1: return Or{children(0)};
    case 2: return Not{{some_query(depth - 1)}};
    case 3: return Flag{*rc::gen::element(SystemFlag::seen, SystemFlag::answered, SystemFlag::flagged)};
    case 4: return Keyword{*rc::gen::elementOf(keywords())};
    case 5:
      return Date{*rc::gen::element(WhichDate::internal, WhichDate::sent),
                  *rc::gen::element(When::before, When::on, When::since), *day()};
    case 6: return InField{*rc::gen::element(Field::from, Field::subject), *needle()};
    case 7: return InHeader{"X-Odd", *needle()};
    case 8: return InBody{*needle()};
    default: return InText{*needle()};
  }
}

TEST(Scan, FindsWhatANaiveEvaluatorFinds) {
  rc::check("scan == naive", [] {
    TestMailbox box;
    std::vector<Said> all;
    for (int i = *rc::gen::inRange(0, 8); i > 0; --i) {
      all.push_back(some_message());
      const Said& said = all.back();
      box.append(write(said, *rc::gen::inRange(0, 6)), said.flags, said.keywords, said.date);
    }
    for (int i = 0; i < 5; ++i) {
      Query query = some_query(3);
      UidSet expected;
      for (uint32_t k = 0; k < all.size(); ++k) {
        if (std::visit(Naive{all[k]}, query.node)) expected.append(Uid(k + 1));
      }
      RC_ASSERT(box.search(query) == expected);
    }
  });
}

}  // namespace
}  // namespace roost::search
