// Reads tests/corpus: ugly messages, and what the RFCs say of each.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "message/card.h"
#include "message/casemap.h"
#include "message/parser.h"
#include "message/text.h"

namespace roost::message {
namespace {

struct Expected {
  std::optional<Bytes> envelope;
  std::optional<Bytes> structure;
  std::vector<Bytes> finds;
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

Expected read_expected(const std::filesystem::path& path) {
  Expected out;
  Bytes file = read_file(path);
  for (BytesView rest = file; !rest.empty();) {
    BytesView line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    Bytes text = unescape(line.substr(line.find(' ') + 1));
    if (line.starts_with("envelope ")) out.envelope = text;
    if (line.starts_with("structure ")) out.structure = text;
    if (line.starts_with("finds ")) out.finds.push_back(text);
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

class Corpus : public testing::TestWithParam<std::filesystem::path> {
 protected:
  void SetUp() override {
    octets_ = read_file(GetParam());
    std::filesystem::path beside = GetParam();
    expected_ = read_expected(beside.replace_extension(".expected"));
    parsed_ = parse(octets_);
    card_ = make_card(parsed_);
  }
  Bytes octets_;
  Expected expected_;
  Parsed parsed_;
  Card card_;
};

TEST_P(Corpus, HasTheEnvelopeThatTheRfcAsksFor) {
  if (expected_.envelope) {
    EXPECT_EQ(card_.envelope, *expected_.envelope);
  }
}

TEST_P(Corpus, HasTheBodyStructureThatTheRfcAsksFor) {
  if (expected_.structure) {
    EXPECT_EQ(card_.body_structure, *expected_.structure);
  }
}

TEST_P(Corpus, IsFoundByItsText) {
  for (const Bytes& text : expected_.finds) {
    std::vector<Matcher> matchers = {Matcher(search_fold(text))};
    MatchSink sink(matchers);
    TextExtractor extractor(parsed_.parts, TextScope::text, sink);
    extractor.feed(0, octets_);
    extractor.finish();
    EXPECT_TRUE(matchers[0].matched()) << text;
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
