#include "auth/verifier.h"

#include <gtest/gtest.h>

namespace roost::auth {
namespace {

constexpr uint32_t kIterations = sasl::kScramIterationsMin;

TEST(Verifier, MatchesItsPasswordAndNoOther) {
  for (Scheme scheme : {Scheme::scram_sha_256, Scheme::argon2id}) {
    std::string verifier = make_verifier(scheme, kIterations, "s3cret").value();
    EXPECT_EQ(scheme_of(verifier), scheme);
    EXPECT_TRUE(matches(verifier, "s3cret"));
    EXPECT_FALSE(matches(verifier, "s3cret "));
    EXPECT_FALSE(matches(verifier, ""));
    EXPECT_NE(make_verifier(scheme, kIterations, "s3cret").value(), verifier) << "the same salt twice";
  }
}

TEST(Verifier, PreparesThePasswordInBothSchemes) {
  for (Scheme scheme : {Scheme::scram_sha_256, Scheme::argon2id}) {
    EXPECT_TRUE(matches(make_verifier(scheme, kIterations, "u\u0308ber").value(), "\u00FCber"));
  }
}

TEST(Verifier, HasNoSchemeWhenItIsDamaged) {
  std::string argon = make_verifier(Scheme::argon2id, kIterations, "s3cret").value();
  std::string heavy = argon;
  heavy.replace(heavy.find("m=19456"), 7, "m=99456");
  for (const std::string& wrong :
       {std::string(), std::string("x"), argon + "A", argon.substr(0, argon.size() - 1), heavy}) {
    EXPECT_FALSE(scheme_of(wrong)) << wrong;
    EXPECT_FALSE(matches(wrong, "s3cret"));
  }
}

TEST(Decoys, AreTheSameForTheSameName) {
  Decoys decoys(sasl::Secret("0123456789abcdef0123456789abcdef"), Scheme::scram_sha_256, kIterations);
  Decoys again(sasl::Secret("0123456789abcdef0123456789abcdef"), Scheme::scram_sha_256, kIterations);
  Decoys other(sasl::Secret("another secret of thirty-two oct"), Scheme::scram_sha_256, kIterations);
  EXPECT_EQ(decoys.scram("nobody"), again.scram("nobody"));
  EXPECT_NE(decoys.scram("nobody").salt, decoys.scram("somebody").salt);
  EXPECT_NE(decoys.scram("nobody").salt, other.scram("nobody").salt);
}

TEST(Decoys, LookLikeRealOnesAndMatchNothing) {
  for (Scheme scheme : {Scheme::scram_sha_256, Scheme::argon2id}) {
    Decoys decoys(sasl::Secret("0123456789abcdef0123456789abcdef"), scheme, kIterations);
    std::string decoy = decoys.verifier("nobody");
    std::string real = make_verifier(scheme, kIterations, "s3cret").value();
    EXPECT_EQ(scheme_of(decoy), scheme);
    EXPECT_EQ(decoy.size(), real.size());
    uint64_t before = sasl::scram_derivations();
    EXPECT_FALSE(matches(decoy, "s3cret"));
    EXPECT_EQ(sasl::scram_derivations() - before, scheme == Scheme::scram_sha_256 ? 1U : 0U);
  }
}

}  // namespace
}  // namespace roost::auth
