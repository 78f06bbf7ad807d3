// Reads tests/corpus: ugly messages, and what the RFCs say of each (tests/corpus/README.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "message/address.h"
#include "message/card.h"
#include "message/casemap.h"
#include "message/date.h"
#include "message/header.h"
#include "message/parser.h"
#include "message/section.h"
#include "message/text.h"
#include "message/transfer.h"

namespace roost::message {
namespace {

// One line of an .expected file: "envelope VALUE", "section 1.MIME VALUE", "find body VALUE".
struct Line {
  Bytes key;
  Bytes name;
  Bytes value;
};

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

Bytes unescape(BytesView text) {
  Bytes out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'r': out += '\r'; break;
      case 'n': out += '\n'; break;
      case 'x':
        out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
        i += 2;
        break;
      default: out += text[i];
    }
  }
  return out;
}

Bytes take_word(BytesView& line) {
  BytesView word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), word.size() + 1));
  return Bytes(word);
}

std::vector<Line> read_expected(const std::filesystem::path& path) {
  std::vector<Line> out;
  Bytes file = read_file(path);
  for (BytesView rest = file; !rest.empty();) {
    BytesView text = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), text.size() + 1));
    Line line{.key = take_word(text)};
    if (line.key == "section" || line.key == "binary" || line.key == "find") line.name = take_word(text);
    line.value = unescape(text);
    if (line.key != "#") out.push_back(std::move(line));
  }
  return out;
}

std::vector<std::filesystem::path> messages() {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(ROOST_CORPUS_DIR "/messages")) {
    if (entry.path().extension() == ".eml") out.push_back(entry.path());
  }
  std::ranges::sort(out);
  return out;
}

// "1.2.MIME" as FETCH reads it.
std::optional<ByteRange> section_range(const std::vector<Part>& parts, BytesView name) {
  std::vector<uint32_t> numbers;
  while (!name.empty() && name.front() >= '0' && name.front() <= '9') {
    BytesView digits = name.substr(0, name.find('.'));
    numbers.push_back(static_cast<uint32_t>(std::stoul(std::string(digits))));
    name.remove_prefix(std::min(name.size(), digits.size() + 1));
  }
  SectionText text = name == "HEADER" ? SectionText::header
                     : name == "TEXT" ? SectionText::text
                     : name == "MIME" ? SectionText::mime
                                      : SectionText::whole;
  return find_section(parts, numbers, text);
}

class Corpus : public testing::TestWithParam<std::filesystem::path> {
 protected:
  void SetUp() override {
    octets_ = read_file(GetParam());
    std::filesystem::path beside = GetParam();
    expected_ = read_expected(beside.replace_extension(".expected"));
    parsed_ = parse(octets_);
    card_ = make_card(parsed_);
  }
  // Where no form for UTF-8 mode is given, it is the other one; a card leaves it empty then.
  void expect_forms(BytesView key, const Bytes& form, const Bytes& utf8_form) {
    Bytes utf8_key = Bytes(key) + "-utf8";
    Bytes utf8;
    for (const Line& line : expected_) {
      if (line.key == key) {
        EXPECT_EQ(form, line.value);
      }
      if (line.key == utf8_key) utf8 = line.value;
    }
    EXPECT_EQ(utf8_form, utf8) << utf8_key;
  }
  bool found(TextScope scope, BytesView text) {
    std::vector<Matcher> matchers = {Matcher(search_fold(text))};
    MatchSink sink(matchers);
    TextExtractor extractor(parsed_.parts, scope, sink);
    extractor.feed(0, octets_);
    extractor.finish();
    return matchers[0].matched();
  }
  bool found_in_addresses(BytesView name, BytesView text) {
    for (const Field& field : read_fields(parsed_.header_of(0))) {
      if (!equals_ignoring_case(field.name, name)) continue;
      if (search_fold(address_text(field.value)).find(search_fold(text)) != Bytes::npos) return true;
    }
    return false;
  }
  BytesView octets(const ByteRange& range) const { return BytesView(octets_).substr(range.offset, range.size); }

  Bytes octets_;
  std::vector<Line> expected_;
  Parsed parsed_;
  Card card_;
};

TEST_P(Corpus, HasTheEnvelopeThatTheRfcAsksFor) { expect_forms("envelope", card_.envelope, card_.envelope_utf8); }

TEST_P(Corpus, HasTheBodyStructureThatTheRfcAsksFor) {
  expect_forms("body", card_.body, card_.body_utf8);
  expect_forms("structure", card_.body_structure, card_.body_structure_utf8);
}

TEST_P(Corpus, HasTheSectionsThatTheRfcAsksFor) {
  for (const Line& line : expected_) {
    if (line.key != "section") continue;
    auto range = section_range(card_.parts, line.name);
    EXPECT_EQ(range ? "=" + Bytes(octets(*range)) : "NIL", line.value) << line.name;
  }
}

TEST_P(Corpus, DecodesItsTransferEncodings) {
  for (const Line& line : expected_) {
    if (line.key != "binary") continue;
    std::vector<uint32_t> numbers = {static_cast<uint32_t>(std::stoul(line.name))};
    auto part = find_part(card_.parts, numbers);
    ASSERT_TRUE(part.has_value());
    EXPECT_EQ(decode_transfer(card_.parts[*part].encoding, octets(card_.parts[*part].body)), line.value);
  }
}

TEST_P(Corpus, IsFoundByItsTextAndNothingElse) {
  for (const Line& line : expected_) {
    if (line.key == "find" && line.name == "text") {
      EXPECT_TRUE(found(TextScope::text, line.value)) << line.value;
    } else if (line.key == "find" && line.name == "body") {
      EXPECT_TRUE(found(TextScope::body, line.value)) << line.value;
    } else if (line.key == "find") {
      EXPECT_TRUE(found(TextScope::headers, line.value) || found_in_addresses(line.name, line.value)) << line.value;
    } else if (line.key == "lacks") {
      EXPECT_FALSE(found(TextScope::text, line.value)) << line.value;
    }
  }
}

// SENTON's day, as 17-Jul-1996.
TEST_P(Corpus, WasSentOnTheDayThatItSays) {
  for (const Line& line : expected_) {
    if (line.key != "sent") continue;
    std::optional<int64_t> day;
    if (auto midnight = parse_date(line.value)) day = midnight->local_day();
    EXPECT_EQ(card_.sent ? std::optional(card_.sent->local_day()) : std::nullopt, day) << line.value;
  }
}

TEST_P(Corpus, IsTheSameFedOneOctetAtATime) {
  Parser parser;
  for (char c : octets_) parser.feed({&c, 1});
  EXPECT_EQ(make_card(parser.finish()), card_);
}

TEST_P(Corpus, SurvivesTheStoredForm) {
  auto decoded = decode_card(encode_card(card_));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(*decoded, card_);
}

std::string name_of(const testing::TestParamInfo<std::filesystem::path>& info) {
  std::string name = info.param.stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Messages, Corpus, testing::ValuesIn(messages()), name_of);

}  // namespace
}  // namespace roost::message
