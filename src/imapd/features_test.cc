#include "imapd/features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/server.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_nothing(Session&, imap::Command&) { co_return done("OK"); }

constexpr CommandRow kIdleRow[] = {{imap::Verb::idle, kLoggedIn, Hazard::breaks, 0, 0, run_nothing}};
constexpr Capability kIdleWord[] = {{"IDLE"}};

std::vector<const Feature*> with(const Feature& more) {
  std::vector<const Feature*> features(all_features().begin(), all_features().end());
  features.push_back(&more);
  return features;
}

TEST(Features, OfThisServerFitTogether) {
  EXPECT_EQ(check_features(all_features()), Result<>());
  EXPECT_EQ(check_imapd({}), Result<>());
}

TEST(Features, EveryCommandOfTheGrammarHasARow) {
  for (size_t i = 0; i < imap::kVerbCount; ++i) {
    auto verb = static_cast<imap::Verb>(i);
    ASSERT_NE(find_command(verb), nullptr) << imap::verb_name(verb);
    EXPECT_EQ(find_command(verb)->verb, verb);
  }
}

TEST(Features, ARowTwiceStopsTheStart) {
  Feature twice{.name = "twice", .commands = kIdleRow};
  Result<> checked = check_features(with(twice));
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().text, testing::HasSubstr("two rows"));
}

TEST(Features, ACapabilityTwiceStopsTheStart) {
  Feature twice{.name = "twice", .capabilities = kIdleWord};
  EXPECT_FALSE(check_features(with(twice)));
}

TEST(Features, ACapabilityWithoutItsCommandStopsTheStart) {
  std::vector<const Feature*> features;
  for (const Feature* feature : all_features()) {
    if (feature->name != "idle") features.push_back(feature);
  }
  Feature announced{.name = "announced", .capabilities = kIdleWord};
  features.push_back(&announced);
  Result<> checked = check_features(features);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().text, testing::HasSubstr("IDLE"));
}

TEST(Features, AGrammarThatIsNotAnnouncedStopsTheStart) {
  static constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::binary};
  Feature silent{.name = "silent", .grammar = kGrammar};
  std::vector<const Feature*> features = with(silent);
  std::erase_if(features, [](const Feature* feature) { return feature->name == "binary"; });
  Result<> checked = check_features(features);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().text, testing::HasSubstr("BINARY and its grammar"));
}

TEST(Features, AutologoutUnderHalfAnHourIsRefused) { EXPECT_FALSE(check_imapd({.autologout_ms = Millis(60'000)})); }

}  // namespace
}  // namespace roost::imapd
