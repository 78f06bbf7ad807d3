// A search finds the same with an index and without one, whatever the messages are, and whatever the index knows of
// them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <array>

#include "search/test_index_test.h"

namespace roost::search {
namespace {

// The same words in UTF-8, and as some charset writes them.
struct Written {
  const char* charset;
  const char* octets;
  const char* text;
};
constexpr std::array kWritten = {
    Written{"us-ascii", "Alpha", "alpha"},
    Written{"utf-8",
            "Stra\xc3\x9f"
            "e \xef\xac\x81nd",
            "STRAßE ﬁND"},
    Written{"iso-8859-1",
            "Gr\xfc\xdf"
            "e",
            "GRÜßE"},
    Written{"iso-8859-9", "\xddstanbul", "İstanbul"},
    Written{"iso-8859-15", "20 \xa4", "20 €"},
    Written{"windows-1252", "\x93na\xefve\x94", "“naïve”"},
    Written{"windows-1251", "\xcf\xf0\xe8\xe2\xe5\xf2", "привет"},
    Written{"koi8-r", "\xf0\xd2\xc9\xd7\xc5\xd4", "ПРИВЕТ"},
    Written{"iso-8859-7", "\xc1\xc2\xc3", "αβγ"},
    Written{"iso-2022-jp", "\x1b$BF|K\\8l\x1b(B", "日本語"},
    Written{"shift_jis", "\x93\xfa\x96\x7b\x8c\xea", "日本語"},
    Written{"euc-jp", "\xc6\xfc\xcb\xdc\xb8\xec", "日本語"},
    Written{"gb18030", "\xc4\xe3\xba\xc3", "你好"},
    Written{"big5", "\xa7\x41\xa6\x6e", "你好"},
    Written{"euc-kr", "\xbe\xc8\xb3\xe7", "안녕"},
    Written{"utf-7", "+ZeVnLIqe-", "日本語"},
};

constexpr const char* kPlain = "nothing to be found here";

std::string base64(std::string_view octets) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t at = 0; at < octets.size(); at += 3) {
    std::string_view some = octets.substr(at, 3);
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i) bits = bits << 8 | (i < some.size() ? static_cast<uint8_t>(some[i]) : 0U);
    for (size_t i = 0; i < 4; ++i) out += i <= some.size() ? kDigits[bits >> (18 - 6 * i) & 63] : '=';
  }
  return out;
}

// Every octet as =XX, on lines of a few of them: what is written stands on several lines.
std::string quoted_printable(std::string_view octets) {
  constexpr size_t kOctetsPerLine = 2;
  std::string out;
  for (size_t i = 0; i < octets.size(); ++i) {
    out += fmt::format("={:02X}", static_cast<uint8_t>(octets[i]));
    if (i % kOctetsPerLine == kOctetsPerLine - 1) out += "=\r\n";
  }
  return out;
}

enum class Transfer : uint8_t { as_it_is, base64, quoted_printable };

std::string part_of(const Written& written, Transfer transfer, const std::string& more) {
  std::string part = fmt::format("Content-Type: text/plain; charset={}\r\n", written.charset);
  switch (transfer) {
    case Transfer::as_it_is: return part + "\r\n" + written.octets + more + "\r\n";
    case Transfer::base64: return part + "Content-Transfer-Encoding: base64\r\n\r\n" + base64(written.octets) + "\r\n";
    case Transfer::quoted_printable: break;
  }
  return part + "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted_printable(written.octets) + "\r\n";
}

std::string encoded_word(const Written& written) {
  return fmt::format("=?{}?B?{}?=", written.charset, base64(written.octets));
}

// Of one mailbox: what a search finds, without and with the index.
struct Compared {
  TestMailbox box;
  TestIndex index;

  UidSet plain(const Query& query) {
    box.narrowing = nullptr;
    return box.search(query);
  }
  UidSet narrowed(const Query& query) {
    box.narrowing = [this](std::vector<NarrowedKey> keys) { return index.narrowing(std::move(keys)); };
    return box.search(query);
  }
};

// And it is the index that says so: it leaves one message to be read.
TEST(SearchIndex, KnowsTextInEveryCharset) {
  for (const Written& written : kWritten) {
    for (Transfer transfer : {Transfer::as_it_is, Transfer::base64, Transfer::quoted_printable}) {
      SCOPED_TRACE(fmt::format("{}, {}", written.charset, static_cast<int>(transfer)));
      Compared compared;
      compared.box.append(fmt::format("Subject: {}\r\n\r\n{}\r\n", kPlain, kPlain));
      compared.box.append(part_of(written, transfer, {}));
      compared.box.append(fmt::format("Subject: {}\r\n\r\n{}\r\n", encoded_word(written), kPlain));
      compared.index.index(compared.box, Uid(1), Uid(3));
      EXPECT_EQ(compared.plain(InBody{written.text}), (UidSet{{Uid(2), Uid(2)}}));
      EXPECT_EQ(compared.narrowed(InBody{written.text}), (UidSet{{Uid(2), Uid(2)}}));
      EXPECT_EQ(compared.plain(InText{written.text}), (UidSet{{Uid(2), Uid(3)}}));
      EXPECT_EQ(compared.narrowed(InText{written.text}), (UidSet{{Uid(2), Uid(3)}}));
      EXPECT_EQ(compared.box.cards_read, 2);
    }
  }
}

// A header field that goes on on the next line is one line, and so is a paragraph whose line breaks are soft.
TEST(SearchIndex, KnowsWhatStandsOnSeveralLines) {
  Compared compared;
  compared.box.append("Subject: one\r\n two\r\n\r\nthree=\r\nfour\r\n");
  compared.box.append(
      "Subject: x\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: "
      "quoted-printable\r\n\r\nthree=\r\nfour\r\n");
  compared.box.append("Subject: x\r\n\r\nthree\r\nfour\r\n");
  compared.index.index(compared.box, Uid(1), Uid(3));
  for (const char* needle : {"one two", "threefour", "e=\r\nf", "three\r\nfour", "two\r\n", "e four", "\r\n"}) {
    EXPECT_EQ(compared.narrowed(InText{needle}), compared.plain(InText{needle})) << needle;
    EXPECT_EQ(compared.narrowed(InBody{needle}), compared.plain(InBody{needle})) << needle;
  }
  EXPECT_EQ(compared.narrowed(InText{"one two"}).count(), 1);
  EXPECT_EQ(compared.narrowed(InBody{"threefour"}).count(), 1);
}

TEST(SearchIndex, KnowsNothingOfWhatIsNoText) {
  Compared compared;
  std::string multipart = "Content-Type: multipart/mixed; boundary=q\r\n\r\n";
  compared.box.append(multipart + "--q\r\nContent-Type: application/pdf\r\n\r\nzyzzyva\r\n--q--\r\n");
  compared.box.append(
      multipart +
      "--q\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a\r\n\r\nzyzzyva\r\n"
      "--q--\r\n");
  compared.index.index(compared.box, Uid(1), Uid(2));
  EXPECT_EQ(compared.plain(InText{"zyzzyva"}), (UidSet{{Uid(2), Uid(2)}}));
  EXPECT_EQ(compared.narrowed(InText{"zyzzyva"}), (UidSet{{Uid(2), Uid(2)}}));
  EXPECT_EQ(compared.box.cards_read, 1);
}

// --- random messages ---

const std::vector<std::string>& words() {
  static const std::vector<std::string> words = {"alpha",    "Grüße",  "STRASSE", "straße",  "ﬁnd",   "İstanbul",
                                                 "ΑΒΓ",      "日本語", "xyzzy",   "e\u0301", "é",     "ab",
                                                 "ÅNGSTRÖM", "a.b",    "ﬃ",       "語",      "привет"};
  return words;
}

std::string some_text(int most) {
  std::string text;
  for (int i = *rc::gen::inRange(0, most); i > 0; --i) {
    text += *rc::gen::elementOf(words());
    text += *rc::gen::element<std::string>(" ", "", "\r\n", "-", "=\r\n");
  }
  return text;
}

const Written& some_writing() { return kWritten[*rc::gen::inRange<size_t>(0, kWritten.size())]; }

std::string some_field(const std::string& name) {
  std::string value = *rc::gen::arbitrary<bool>() ? *rc::gen::elementOf(words()) : encoded_word(some_writing());
  if (*rc::gen::arbitrary<bool>()) value += "\r\n\t" + *rc::gen::elementOf(words());
  return name + ": " + value + "\r\n";
}

std::string some_part() {
  if (*rc::gen::arbitrary<bool>()) {
    auto transfer = *rc::gen::element(Transfer::as_it_is, Transfer::base64, Transfer::quoted_printable);
    return some_field("X-Odd") + part_of(some_writing(), transfer, some_text(3));
  }
  return "Content-Type: text/" + *rc::gen::element<std::string>("plain", "html", "calendar") +
         "; charset=" + *rc::gen::element<std::string>("utf-8", "koi8-r", "x-unknown", "") +
         "; name*=utf-8''%C3%BCber\r\n" + some_field("X-Odd") + "\r\n" + some_text(12) + "\r\n";
}

std::string some_message() {
  std::string text = some_field("From") + some_field("Subject") + some_field("X-Odd");
  if (*rc::gen::inRange(0, 4) == 0) return text + some_part();
  text += "Content-Type: multipart/mixed; boundary=q\r\n\r\n";
  for (int parts = *rc::gen::inRange(0, 3); parts > 0; --parts) text += "--q\r\n" + some_part();
  if (*rc::gen::inRange(0, 4) == 0)
    text += "--q\r\nContent-Type: message/rfc822\r\n\r\n" + some_field("Subject") + some_part();
  return text + "--q\r\nContent-Type: application/x\r\n\r\n" + some_text(3) + "\r\n--q--\r\n";
}

// Words, parts of what is said, what nothing says; some too short to be narrowed.
std::string some_needle() {
  std::string text = some_text(3);
  auto from = *rc::gen::inRange<size_t>(0, text.size() + 1);
  std::string part = text.substr(from, *rc::gen::inRange<size_t>(0, 12));
  return *rc::gen::element<std::string>(std::string(text), part, *rc::gen::elementOf(words()), some_writing().text,
                                        "nowhere", "UBER", "a", "");
}

Query some_query(int depth) {
  switch (*rc::gen::inRange(depth > 0 ? 0 : 3, 6)) {
    case 0: return Not{{some_query(depth - 1)}};
    case 1: return And{{some_query(depth - 1), some_query(depth - 1)}};
    case 2: return Or{{some_query(depth - 1), some_query(depth - 1)}};
    case 3: return InBody{some_needle()};
    case 4: return InHeader{"X-Odd", some_needle()};
    default: return InText{some_needle()};
  }
}

// Two mailboxes with the same messages cannot be told apart by their answers, whatever the index of one of them knows.
TEST(SearchIndex, ChangesNoAnswer) {
  rc::check("with an index == without", [] {
    Compared compared;
    uint32_t messages = *rc::gen::inRange<uint32_t>(1, 12);
    for (uint32_t i = 0; i < messages; ++i) compared.box.append(some_message());
    // Some of them, some twice.
    for (int i = *rc::gen::inRange(1, 4); i > 0; --i) {
      uint32_t first = *rc::gen::inRange<uint32_t>(1, messages + 1);
      compared.index.index(compared.box, Uid(first), Uid(*rc::gen::inRange<uint32_t>(first, messages + 1)));
    }
    for (int i = 0; i < 8; ++i) {
      Query query = some_query(2);
      RC_ASSERT(compared.narrowed(query) == compared.plain(query));
    }
  });
}

}  // namespace
}  // namespace roost::search
