#include "push/registration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "accounts/test_world_test.h"

namespace roost::push {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr AccountId kAccount{7};
constexpr int64_t kNow = 1'700'000'000;
constexpr int64_t kDay = 24 * 3600;

Registration registration(const std::string& token = "ab", int64_t at = kNow) {
  return {at, "A-1", token, {{"INBOX", "INBOX"}}};
}

class RegistrationTest : public testing::Test {
 protected:
  // False: there was nothing to write.
  bool add(const Registration& r, const RegistrationLimits& limits = {}) {
    auto plan = plan_registration(*account->snapshot(), kAccount, r, limits);
    EXPECT_TRUE(plan);
    if (!plan || !*plan) return false;
    world.must<mail::MetadataSet>(account, **plan);
    return true;
  }
  std::vector<std::string> tokens(const RegistrationLimits& limits = {}, int64_t now = kNow) {
    std::vector<std::string> out;
    for (const Registration& r : registrations(*account->snapshot(), kAccount, limits, now))
      out.push_back(r.device_token);
    return out;
  }
  void put(const std::string& name, const Bytes& value) {
    world.must<mail::MetadataSet>(account, mail::SetMetadata{.entries = {{kAccount, name, value}}});
  }

  accounts::TestWorld world;
  accounts::AccountPtr account = world.open(world.add_node(), kAccount.value);
};

TEST(Registration, IsReadAsItWasWritten) {
  Registration one = registration();
  one.mailboxes.push_back({"Entw\xc3\xbcrfe", "Entw&APw-rfe"});
  EXPECT_EQ(decode(encode(one).value()), one);
}

// The example of docs/formats/push.md.
TEST(Registration, HasTheDocumentedFormat) {
  std::ifstream in(ROOST_FORMATS_DIR "/push.md");
  Bytes example;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("    0")) continue;
    for (size_t at = 10; at + 1 < line.size(); at += 3) {
      example += static_cast<char>(std::stoi(line.substr(at, 2), nullptr, 16));
    }
  }
  Registration documented{kNow, "A-1", "abcd", {{"INBOX", "INBOX"}, {"Entw\xc3\xbcrfe", "Entw&APw-rfe"}}};
  EXPECT_EQ(encode(documented).value(), example);
  EXPECT_EQ(decode(example), documented);
}

TEST(Registration, NothingElseIsRead) {
  Bytes good = encode(registration()).value();
  for (size_t i = 0; i < good.size(); ++i) EXPECT_FALSE(decode(good.substr(0, i))) << i;
  EXPECT_FALSE(decode(good + "x"));
  EXPECT_FALSE(decode("\x02" + good.substr(1)));
}

TEST(Registration, ItsPartsAreChecked) {
  Registration one = registration("AB");
  EXPECT_EQ(checked(one)->device_token, "ab");
  for (const std::string& token : {std::string(), std::string("abc"), std::string("xy"), std::string(202, 'a')}) {
    EXPECT_FALSE(checked(registration(token))) << token;
  }
  for (const std::string& id : {std::string(), std::string("a\"b"), std::string("a b"), std::string(129, 'a')}) {
    one.account_id = id;
    EXPECT_FALSE(checked(one)) << id;
  }
}

TEST(Registration, OneThatIsTooLargeIsRefused) {
  Registration one = registration();
  for (int i = 0; i < 100; ++i) one.mailboxes.push_back({std::string(200, 'n'), std::string(200, 's')});
  auto refused = encode(one);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::limit);
}

TEST_F(RegistrationTest, IsWrittenOnceADay) {
  EXPECT_TRUE(add(registration()));
  EXPECT_FALSE(add(registration("ab", kNow + kDay - 1)));
  EXPECT_TRUE(add(registration("ab", kNow + kDay)));
  EXPECT_EQ(registrations(*account->snapshot(), kAccount, {}, kNow)[0].registered, kNow + kDay);
}

TEST_F(RegistrationTest, IsWrittenWhenItsMailboxesAreOthers) {
  add(registration());
  Registration more = registration("ab", kNow + 1);
  more.mailboxes.push_back({"Notes", "Notes"});
  EXPECT_TRUE(add(more));
  EXPECT_THAT(registrations(*account->snapshot(), kAccount, {}, kNow), ElementsAre(more));
}

TEST_F(RegistrationTest, TheOldestGivesWay) {
  RegistrationLimits limits{.registrations_max = 2};
  add(registration("aa", kNow), limits);
  add(registration("bb", kNow - 10), limits);
  add(registration("cc", kNow + 1), limits);
  EXPECT_THAT(tokens(limits), ElementsAre("aa", "cc"));
}

TEST_F(RegistrationTest, OneThatNobodyRenewedExpires) {
  RegistrationLimits limits{.registration_s_max = 10 * kDay};
  add(registration("aa", kNow));
  EXPECT_THAT(tokens(limits, kNow + 10 * kDay), ElementsAre("aa"));
  EXPECT_THAT(tokens(limits, kNow + 10 * kDay + 1), SizeIs(0));
  add(registration("bb", kNow + 11 * kDay), limits);
  EXPECT_THAT(tokens(), ElementsAre("bb")) << "and is taken away with the next";
}

TEST_F(RegistrationTest, WhatAUserPutThereIsPassedOver) {
  put("/private/vendor/roost/apple-push/aa.a-1", "nonsense");
  put("/private/vendor/roost/apple-push/bb.a-1", encode(registration("cc")).value());
  add(registration("dd"));
  EXPECT_THAT(tokens(), ElementsAre("dd"));
}

TEST_F(RegistrationTest, IsRemovedUnlessTheDeviceCameBack) {
  add(registration());
  std::string entry = entry_of(registration());
  EXPECT_FALSE(plan_removal(*account->snapshot(), kAccount, entry, (kNow - 1) * 1000));
  auto plan = plan_removal(*account->snapshot(), kAccount, entry, (kNow + 1) * 1000);
  ASSERT_TRUE(plan);
  world.must<mail::MetadataSet>(account, *plan);
  EXPECT_THAT(tokens(), SizeIs(0));
  EXPECT_FALSE(plan_removal(*account->snapshot(), kAccount, entry, std::nullopt)) << "it is gone";
}

}  // namespace
}  // namespace roost::push
