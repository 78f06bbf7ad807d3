#include "auth/app_password.h"

#include <gtest/gtest.h>

#include <set>

namespace roost::auth {
namespace {

constexpr Recipe kScram{Scheme::scram_sha_256, sasl::kScramIterationsMin};
constexpr Recipe kAll{Scheme::scram_sha_256, sasl::kScramIterationsMin, true, true};
constexpr Recipe kArgon{Scheme::argon2id, 0};

AppPassword app(std::string device, std::string_view password, const Recipe& recipe = kArgon) {
  return {std::move(device), {1'700'000'000}, 0, make_app_verifier(recipe, password, {})};
}

TEST(AppPassword, IsFourGroupsOfFiveLettersThatLookLikeNoOther) {
  std::set<char> seen;
  for (int i = 0; i < 200; ++i) {
    std::string password(random_app_password().view());
    ASSERT_EQ(password.size(), 23U);
    for (size_t at = 0; at < password.size(); ++at) {
      EXPECT_EQ(password[at] == '-', at % 6 == 5) << password;
      if (password[at] != '-') seen.insert(password[at]);
    }
  }
  EXPECT_EQ(std::string(seen.begin(), seen.end()), "23456789abcdefghijkmnpqrstuvwxyz");
}

TEST(AppPassword, IsFoundAmongSeveral) {
  std::vector<AppPassword> passwords = {app("Phone", "one"), app("Laptop", "two"), app("Watch", "three")};
  EXPECT_EQ(find_app_password(passwords, "two"), &passwords[1]);
  EXPECT_EQ(find_app_password(passwords, "three"), &passwords[2]);
  EXPECT_EQ(find_app_password(passwords, "four"), nullptr);
  EXPECT_EQ(find_app_password(passwords, ""), nullptr);
  EXPECT_EQ(find_app_password({}, "one"), nullptr);
}

TEST(AppPassword, IsKeptUnderASaltOfItsOwn) {
  EXPECT_NE(app("Phone", "same").verifier, app("Phone", "same").verifier);
  EXPECT_NE(app("Phone", "same").id(), app("Phone", "same").id());
}

TEST(AppPassword, HasAPartForEachMechanismThatIsAskedFor) {
  EXPECT_EQ(saltings_of(app("Phone", "one").verifier), Saltings());
  std::string all = app("Phone", "one", kAll).verifier;
  EXPECT_TRUE(is_app_verifier(all));
  EXPECT_TRUE(sasl::check_scram(*scram_of(all, sasl::ScramHash::sha_256), "one"));
  EXPECT_TRUE(sasl::check_scram(*scram_of(all, sasl::ScramHash::sha_1), "one"));
  EXPECT_EQ(cram_of(all), sasl::derive_cram("one"));
}

TEST(AppPassword, TakesTheSaltOfTheUsersOwn) {
  std::string own = make_verifier(kAll, "own").value();
  std::string verifier = make_app_verifier(kAll, "one", saltings_of(own));
  EXPECT_EQ(saltings_of(verifier), saltings_of(own));
  EXPECT_FALSE(is_outdated(verifier, kAll, saltings_of(own)));
  Recipe more = kAll;
  more.iterations *= 2;
  EXPECT_FALSE(is_outdated(verifier, more, saltings_of(own))) << "the count goes with the salt";
  EXPECT_TRUE(is_outdated(verifier, more));
  EXPECT_TRUE(is_outdated(app("Phone", "one", kScram).verifier, kScram, saltings_of(own))) << "another salt";
}

TEST(AppPassword, KeepsItsIdWhenItIsMadeAnew) {
  AppPassword phone = app("Phone", "one");
  uint64_t id = phone.id();
  phone.verifier = renewed_app_verifier(phone.verifier, kAll, "one", {});
  EXPECT_EQ(phone.id(), id);
  EXPECT_FALSE(is_outdated(phone.verifier, kAll));
  std::vector<AppPassword> passwords = {phone};
  EXPECT_NE(find_app_password(passwords, "one"), nullptr);
  phone.verifier = renewed_app_verifier(phone.verifier, kArgon, "one", {});
  EXPECT_EQ(phone.verifier.find(' '), std::string::npos) << "what is asked for no longer is not kept";
}

TEST(AppPassword, HasNoVerifierThatIsDamaged) {
  std::string good = app("Phone", "one", kAll).verifier;
  EXPECT_TRUE(is_app_verifier(good));
  std::string main = good.substr(0, good.find(' '));
  std::string scram = make_verifier(kScram, "one").value();
  for (const std::string& wrong : {std::string(), std::string("$app$"), std::string("$app$AAAA$AAAA"), main + " ",
                                   main + "x", main.substr(0, main.size() - 1), main + " x", good + " ", scram,
                                   main + " " + main, main + " " + make_verifier(kArgon, "one").value()}) {
    EXPECT_FALSE(is_app_verifier(wrong)) << wrong;
  }
}

TEST(AppPassword, NamesADeviceInPlainText) {
  for (const char* good : {"Phone", "Alice's telephone (gr\u00FCn)", "x"}) EXPECT_TRUE(check_device(good)) << good;
  EXPECT_TRUE(check_device(std::string(kDeviceBytesMax, 'x')));
  for (const std::string& wrong : {std::string(), std::string(kDeviceBytesMax + 1, 'x'), std::string("a\tb"),
                                   std::string("a\nb"), std::string("a\x7f"), std::string("\xff")}) {
    EXPECT_FALSE(check_device(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace roost::auth
