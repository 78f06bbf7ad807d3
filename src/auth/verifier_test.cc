#include "auth/verifier.h"

#include <gtest/gtest.h>

namespace roost::auth {
namespace {

constexpr uint32_t kIterations = sasl::kScramIterationsMin;

TEST(Verifier, MatchesItsPasswordAndNoOther) {
  for (Scheme scheme : {Scheme::scram_sha_256, Scheme::argon2id}) {
    std::string verifier = make_verifier({scheme, kIterations}, "s3cret").value();
    EXPECT_EQ(scheme_of(verifier), scheme);
    EXPECT_TRUE(matches(verifier, "s3cret"));
    EXPECT_FALSE(matches(verifier, "s3cret "));
    EXPECT_FALSE(matches(verifier, ""));
    EXPECT_NE(make_verifier({scheme, kIterations}, "s3cret").value(), verifier) << "the same salt twice";
  }
}

TEST(Verifier, PreparesThePasswordInBothSchemes) {
  for (Scheme scheme : {Scheme::scram_sha_256, Scheme::argon2id}) {
    EXPECT_TRUE(matches(make_verifier({scheme, kIterations}, "u\u0308ber").value(), "\u00FCber"));
  }
}

TEST(Verifier, HasNoSchemeWhenItIsDamaged) {
  std::string argon = make_verifier({Scheme::argon2id, kIterations}, "s3cret").value();
  std::string heavy = argon;
  heavy.replace(heavy.find("m=19456"), 7, "m=99456");
  for (const std::string& wrong :
       {std::string(), std::string("x"), argon + "A", argon.substr(0, argon.size() - 1), heavy}) {
    EXPECT_FALSE(scheme_of(wrong)) << wrong;
    EXPECT_FALSE(matches(wrong, "s3cret"));
  }
}

TEST(Verifier, HasAPartForEachMechanismThatIsAskedFor) {
  constexpr Recipe kAll{Scheme::scram_sha_256, kIterations, true, true};
  constexpr Recipe kPlain{Scheme::scram_sha_256, kIterations};
  std::string verifier = make_verifier(kAll, "s3cret").value();
  EXPECT_EQ(scheme_of(verifier), Scheme::scram_sha_256);
  EXPECT_TRUE(matches(verifier, "s3cret"));
  EXPECT_TRUE(sasl::check_scram(*scram_of(verifier, sasl::ScramHash::sha_1), "s3cret"));
  EXPECT_TRUE(sasl::check_scram(*scram_of(verifier, sasl::ScramHash::sha_256), "s3cret"));
  EXPECT_EQ(cram_of(verifier), sasl::derive_cram("s3cret"));
  EXPECT_FALSE(is_outdated(verifier, kAll));
  EXPECT_TRUE(is_outdated(verifier, kPlain)) << "what is asked for no longer is not kept";
  std::string plain = make_verifier(kPlain, "s3cret").value();
  EXPECT_FALSE(is_outdated(plain, kPlain));
  EXPECT_TRUE(is_outdated(plain, {Scheme::scram_sha_256, kIterations, true, false}));
  EXPECT_TRUE(is_outdated(plain, {Scheme::scram_sha_256, kIterations, false, true}));
  EXPECT_TRUE(is_outdated(plain, {Scheme::scram_sha_256, 2 * kIterations}));
  EXPECT_FALSE(scram_of(plain, sasl::ScramHash::sha_1) || cram_of(plain));
}

TEST(Verifier, HasItsPartsInOneOrderAndEachOnce) {
  std::string all = make_verifier({Scheme::scram_sha_256, kIterations, true, true}, "s3cret").value();
  size_t first = all.find(' ');
  size_t second = all.rfind(' ');
  std::string sha_256 = all.substr(0, first);
  std::string sha_1 = all.substr(first + 1, second - first - 1);
  std::string cram = all.substr(second + 1);
  EXPECT_TRUE(scheme_of(sha_256 + " " + cram));
  for (const std::string& wrong : {sha_1, cram, all + " ", " " + all, sha_256 + "  " + cram, sha_256 + " " + sha_256,
                                   sha_256 + " " + cram + " " + sha_1, all + " " + cram, sha_1 + " " + sha_256}) {
    EXPECT_FALSE(scheme_of(wrong)) << wrong;
  }
}

TEST(Decoys, AreTheSameForTheSameName) {
  Decoys decoys(sasl::Secret("0123456789abcdef0123456789abcdef"), {Scheme::scram_sha_256, kIterations});
  Decoys again(sasl::Secret("0123456789abcdef0123456789abcdef"), {Scheme::scram_sha_256, kIterations});
  Decoys other(sasl::Secret("another secret of thirty-two oct"), {Scheme::scram_sha_256, kIterations});
  EXPECT_EQ(decoys.scram("nobody"), again.scram("nobody"));
  EXPECT_NE(decoys.scram("nobody").salt, decoys.scram("somebody").salt);
  EXPECT_NE(decoys.scram("nobody").salt, other.scram("nobody").salt);
}

TEST(Decoys, HaveThePartsThatRealOnesHave) {
  constexpr Recipe kAll{Scheme::scram_sha_256, kIterations, true, true};
  Decoys decoys(sasl::Secret("0123456789abcdef0123456789abcdef"), kAll);
  std::string decoy = decoys.verifier("nobody");
  EXPECT_FALSE(is_outdated(decoy, kAll));
  EXPECT_EQ(decoy.size(), make_verifier(kAll, "s3cret").value().size());
  EXPECT_NE(scram_of(decoy, sasl::ScramHash::sha_1)->salt, scram_of(decoy, sasl::ScramHash::sha_256)->salt);
}

TEST(Decoys, LookLikeRealOnesAndMatchNothing) {
  for (Scheme scheme : {Scheme::scram_sha_256, Scheme::argon2id}) {
    Decoys decoys(sasl::Secret("0123456789abcdef0123456789abcdef"), {scheme, kIterations});
    std::string decoy = decoys.verifier("nobody");
    std::string real = make_verifier({scheme, kIterations}, "s3cret").value();
    EXPECT_EQ(scheme_of(decoy), scheme);
    EXPECT_EQ(decoy.size(), real.size());
    uint64_t before = sasl::scram_derivations();
    EXPECT_FALSE(matches(decoy, "s3cret"));
    EXPECT_EQ(sasl::scram_derivations() - before, scheme == Scheme::scram_sha_256 ? 1U : 0U);
  }
}

}  // namespace
}  // namespace roost::auth
